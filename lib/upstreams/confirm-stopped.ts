import type { Db } from '@/lib/db/client'
import { noteStoppedRun } from '@/lib/halt/acknowledge'
import { quietRuns } from './store-stopped'

/** Runs looked at in one pass: what is left comes in the next. */
const MOST = 500

/**
 * Says for the gateway's own runs that they have stopped under the halts that cover them (ADR 0039): every call of such a run is executed here, so
 * once none of them is begun and without an end, on whatever replica, nothing of it is at work. A run that a harness named is the harness's to
 * confirm. A call whose end nobody knows confirms nothing. Whether nothing is at work is asked halt by halt, and again as it is noted: what was read
 * before an agent was let go and halted again says nothing of the stop after.
 * @param transaction one for each run
 * @returns how many it confirmed
 */
export async function confirmStopped(
  db: Db,
  transaction: <T>(act: (tx: Db) => Promise<T>) => Promise<T>,
): Promise<number> {
  let confirmed = 0
  for (const quiet of await quietRuns(db, MOST))
    if (await transaction((tx) => noteStoppedRun(tx, quiet))) confirmed += 1
  return confirmed
}
