import { idTime, publicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import { inLogOrder, ownershipAsOf, type OwnershipEvent } from './ownership'
import { ownershipOf, type SaidRow } from './store-ownership'
import { namesOf } from './store'

/** A transfer as a page tells it: which entry says it, whom it names, and who did it. Names are those of today. */
export type Transfer = {
  kind: OwnershipEvent['kind']
  owner: { id: string; name: string }
  by: { id: string; name: string } | null
  at: string
  index: number | null
  entry: string
}

/** Who answered for an agent as of an entry or a moment, by which entry, and every transfer since (C06). */
export type OwnershipThen = { then: Transfer | null; since: readonly Transfer[] }

/** Everything the ledger says of who answered for an agent, in the order of the log. */
export async function readOwnership(sql: Sql, agentId: string): Promise<readonly Transfer[]> {
  const rows = await ownershipOf(sql, agentId)
  return named(sql, rows)
}

/** The second hop, proven: which entry made whom answer for an agent as of a moment of the record, and which came since. */
export async function readOwnershipAt(
  sql: Sql,
  agentId: string,
  moment: { index: number | null; at: string },
): Promise<OwnershipThen> {
  const rows = await ownershipOf(sql, agentId)
  const transfers = new Map((await named(sql, rows)).map((each) => [each.entry, each]))
  const { then, since } = ownershipAsOf(rows.flatMap(eventOf), moment)
  const told = ({ entry }: OwnershipEvent): Transfer[] => {
    const transfer = transfers.get(entry)
    return transfer === undefined ? [] : [transfer]
  }
  return { then: (then && told(then)[0]) ?? null, since: since.flatMap(told) }
}

/** An entry about ownership as the rule reads it; none where the entry names nobody. */
export function eventOf(row: SaidRow): OwnershipEvent[] {
  if (row.owner === null) return []
  return [
    {
      agent: row.agent,
      kind: row.kind as OwnershipEvent['kind'], // the statement asked for these alone
      owner: row.owner,
      at: new Date(idTime(row.id)).toISOString(),
      index: row.idx === null ? null : Number(row.idx),
      entry: publicId('entry', row.id),
    },
  ]
}

async function named(sql: Sql, rows: readonly SaidRow[]): Promise<Transfer[]> {
  const people = rows.flatMap(({ owner, actor }) => [owner, actor]).filter((id) => id !== null)
  const names = await namesOf(sql, people)
  const nameOf = (id: string) => ({ id, name: names.get(id) ?? 'somebody no longer known' })
  const actors = new Map(rows.map(({ id, actor }) => [publicId('entry', id), actor]))
  return rows
    .flatMap(eventOf)
    .toSorted(inLogOrder)
    .map(({ kind, owner, at, index, entry }) => {
      const actor = actors.get(entry) ?? null
      return { kind, owner: nameOf(owner), by: actor === null ? null : nameOf(actor), at, index, entry }
    })
}
