import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { type LapsedRow, markLapsed } from './store'

/** Lapses noted in one transaction: after an outage of ours every run has lapsed. */
const MOST_AT_ONCE = 100

/**
 * Notes every lease that a client did not renew in time, in the caller's transaction, at most so many (ADR 0039). What follows from a lapse does
 * not wait for this: `decide()` and the grants read the lease itself.
 * @returns how many were noted
 */
export async function noteLapses(db: Db): Promise<number> {
  const lapsed = await markLapsed(db, MOST_AT_ONCE)
  for (const run of lapsed) await appendLapse(db, run)
  return lapsed.length
}

/** The entry of one lapse. */
export async function appendLapse(db: Db, { id, agentId, ownerId }: LapsedRow): Promise<void> {
  await append(db, { kind: 'run.lapsed', actor: 'system', agent: agentId, owner: ownerId, run: id })
}
