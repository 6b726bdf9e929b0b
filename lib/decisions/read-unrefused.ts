import type { Db } from '@/lib/db/client'
import { query } from '@/lib/ledger/sql'
import { percent } from './attention'
import { countEnds, describeGates, type GateRow } from './store-attention'

const DAY_MS = 86_400_000

/** What one agent asked about one tool, when nobody refused it: of every kind of question about it together. */
export type Unrefused = {
  agentId: string
  agent: string
  ownerId: string
  tool: string
  /** as of the newest question */
  class: GateRow['class']
  /** every reason it was held for first, with its rule */
  reasons: { code: string; rule: string | null }[]
  gates: string[]
  asked: number
  approved: number
  /** of those answered; null of none */
  share: number | null
}

/**
 * Tools about which each agent asked at least so often in so many days and was never refused, by any rule: one refusal counts against all of
 * them, since it says that the answer is not always the same. What the catalogue does not know by name is left out.
 */
export async function readUnrefused(db: Db, days: number, least: number, now: Date): Promise<Unrefused[]> {
  const ends = await countEnds(db, new Date(now.getTime() - days * DAY_MS))
  const sums = new Map<string, { asked: number; approved: number; rejected: number }>()
  for (const { gate, asked, approved, rejected } of ends) {
    const sum = sums.get(gate) ?? { asked: 0, approved: 0, rejected: 0 }
    sums.set(gate, { asked: sum.asked + asked, approved: sum.approved + approved, rejected: sum.rejected + rejected })
  }
  const found = new Map<string, Unrefused & { rejected: number }>()
  for (const row of await describeGates(db, [...sums.keys()])) {
    const sum = sums.get(row.gate)
    if (row.tool === null || sum === undefined) continue
    const key = `${row.agentId} ${row.tool}`
    const one = found.get(key) ?? {
      ...{ agentId: row.agentId, agent: row.agent, ownerId: row.ownerId, tool: row.tool, class: row.class },
      ...{ reasons: [], gates: [], asked: 0, approved: 0, rejected: 0, share: null },
    }
    found.set(key, {
      ...one,
      reasons: [...one.reasons, { code: row.reason, rule: row.rule }],
      gates: [...one.gates, row.gate],
      asked: one.asked + sum.asked,
      approved: one.approved + sum.approved,
      rejected: one.rejected + sum.rejected,
    })
  }
  return [...found.values()]
    .filter(({ approved, rejected }) => rejected === 0 && approved >= least)
    .map(({ rejected, ...one }) => ({ ...one, share: percent(one.approved, one.approved + rejected) }))
    .toSorted((a, b) => b.approved - a.approved)
}

/** The actions behind some kinds of question that were approved since a moment, the newest first, at most so many. */
export async function approvedBehind(db: Db, gates: readonly string[], since: Date, most: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    db,
    `SELECT p.subject_id::text AS id FROM attention_asked k JOIN approval p ON p.id = k.approval_id
      WHERE k.gate = ANY (string_to_array($1, ',')::bigint[]) AND k.closed_at >= $2::timestamptz AND k.status = 'approved' ORDER BY k.closed_at DESC LIMIT $3::integer`,
    [gates.join(','), since, most],
  )
  return rows.map(({ id }) => id)
}
