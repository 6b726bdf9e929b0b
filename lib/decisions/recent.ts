import { uuidv7 } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { ActionState, Decision } from './decision'

/** One decision in the short list on an agent's page. `tool` and `resource` may be an agent's words: data, never markup. */
export type RecentAction = {
  id: string
  at: Date
  decision: Decision
  reason: string | null
  tool: string
  resource: string | null
  status: ActionState
}

type Row = Omit<RecentAction, 'decision' | 'status'> & { decision: string; status: string }

/** The last decisions of an agent, newest first; one walk of the ledger's `entry_agent`. */
export async function recentActions(db: Db, agentId: string, most: number): Promise<RecentAction[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT e.id::text, e.recorded_at AS at, e.outcome AS decision, e.reason_code AS reason, x.status,
      coalesce(p.tool, convert_from(e.envelope, 'UTF8')::jsonb ->> 'tool', '') AS tool, p.resource_id AS resource
    FROM ledger.entry e
    JOIN action x ON x.id = e.id
    LEFT JOIN ledger.projection p ON p.entry_id = e.id
    WHERE e.agent_id = ${agentId}::uuid AND e.kind = 'action.decided'
    ORDER BY e.id DESC LIMIT ${most}`
  // The checks of the table hold both to the words of the rule.
  return rows.map((row) => ({ ...row, decision: row.decision as Decision, status: row.status as ActionState }))
}

/** How many of each answer an agent was given since a moment. An id holds its time, so the same index answers. */
export async function countDecisions(db: Db, agentId: string, since: Date): Promise<Record<Decision, number>> {
  const first = uuidv7(since.getTime(), new Uint8Array(10))
  const rows = await db.$queryRaw<{ outcome: string; count: number }[]>`
    SELECT outcome, count(*)::int AS count FROM ledger.entry
    WHERE agent_id = ${agentId}::uuid AND id >= ${first}::uuid AND kind = 'action.decided' GROUP BY outcome`
  const count = (outcome: Decision) => rows.find((row) => row.outcome === outcome)?.count ?? 0
  return { allow: count('allow'), hold: count('hold'), forbid: count('forbid') }
}
