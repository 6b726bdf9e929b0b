import { watchRuns } from '@/lib/alerts/watch-runs'
import { transaction } from '@/lib/db/client'
import { repeated } from '@/lib/gateway/server/repeated'

/** Looks for runs that go on for too long. What it finds is halted by the tail of the watch rules, which looks as often. */
export const longRuns = repeated('long-runs', 5_000, () => async () => {
  await transaction((db) => watchRuns(db, new Date()))
})
