import { openFor } from '@/lib/audit/open-for'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import type { LedgerEntry } from '@/lib/ledger/read'
import { revealPayloads, type Revealed } from '@/lib/ledger/reveal'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'

/** What somebody takes away of an entry's payload; the verifier knows the same words. */
export type Taken = Revealed | { state: 'expired' } | { state: 'sensitive' }

/**
 * The payloads of some entries as one person may take them away, by entry id. What is marked sensitive stays behind until they have
 * said why they read it; of what is gone it is said whether somebody erased it or its time was over.
 */
export async function payloadsTaken(
  sql: Sql,
  by: Pick<Actor, 'id'>,
  entries: readonly LedgerEntry[],
): Promise<ReadonlyMap<string, Taken>> {
  const ids = entries.map(({ id }) => id)
  const [revealed, sensitive] = [await revealPayloads(sql, ids), await purposeNeeded(sql, by, ids)]
  const gone = [...revealed].filter(([, { state }]) => state === 'erased').map(([id]) => id)
  const why = await openFor(sql, by, gone)
  const taken = new Map<string, Taken>()
  for (const [id, one] of revealed) {
    if (sensitive.has(id) && one.state !== 'erased') taken.set(id, { state: 'sensitive' })
    else taken.set(id, why.get(id)?.state === 'expired' ? { state: 'expired' } : one)
  }
  return taken
}

/** The same entries without what lists show of those marked sensitive: it is a part of what was said. */
export async function entriesTaken(
  sql: Sql,
  by: Pick<Actor, 'id'>,
  entries: readonly LedgerEntry[],
): Promise<LedgerEntry[]> {
  const ids = entries.flatMap(({ id, projection }) => (projection === null ? [] : [id]))
  const sensitive = await purposeNeeded(sql, by, ids)
  return entries.map((one) => (sensitive.has(one.id) ? { ...one, projection: null } : one))
}
