import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import type { Sql } from '@/lib/ledger/sql'
import { markRows } from './store-sensitive'

/** Asks, for one person and many batches of entries, which of them they get only after saying why. Nothing is asked where nothing is marked. */
export function withheldFrom(
  sql: Sql,
  personId: string,
): (entryIds: readonly string[]) => Promise<ReadonlySet<string>> {
  return async (entryIds) =>
    (await markRows(sql)).length === 0 ? new Set() : purposeNeeded(sql, { id: personId }, entryIds)
}
