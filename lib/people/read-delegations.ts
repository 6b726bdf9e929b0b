import type { Db } from '@/lib/db/client'
import { findInForce, listOpen, type DelegationRow } from './store-delegation'

export type { DelegationRow } from './store-delegation'

/** Who stands in for a person, and for whom they do: in force or ahead. */
export async function readDelegations(
  db: Db,
  personId: string,
  now: Date,
): Promise<{ mine: DelegationRow[]; forOthers: DelegationRow[] }> {
  const rows = await listOpen(db, personId, now)
  return {
    mine: rows.filter(({ delegatorId }) => delegatorId === personId),
    forOthers: rows.filter(({ delegateId }) => delegateId === personId),
  }
}

/** Whether somebody stands in for somebody else at this moment, by the clock of the database. */
export async function standsInNow(db: Db, delegateId: string, delegatorId: string): Promise<boolean> {
  return findInForce(db, delegateId, delegatorId)
}
