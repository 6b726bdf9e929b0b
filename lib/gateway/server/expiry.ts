import { transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { expireAction, overdueActions } from '@/lib/decisions/expire'
import { outdatedActions } from '@/lib/decisions/outdated'
import { supersede } from '@/lib/decisions/supersede'
import { actionsOfEndedRuns, withdrawEnded } from '@/lib/decisions/withdraw-ended'
import { repeated } from '@/lib/gateway/server/repeated'
import { noteLapses } from '@/lib/runs/lapse'

/**
 * Ends what nobody answered in time, what waits under a boundary or a baseline that is no longer in force, and what a run asks that is over; and notes
 * which leases lapsed. Beside the requests rather than in the job queue, whose finest schedule is a minute: a
 * waiting agent hears of it within the second. Every replica does it; each action is locked while it is ended.
 */
export const expiry = repeated('expiry', 1_000, () => {
  let seen: string | null = null
  return async (stopping) => {
    const now = new Date()
    for (const id of await overdueActions(pool('app'), now)) {
      if (stopping.aborted) return
      await transaction((db) => expireAction(db, id, now))
    }
    const outdated = await outdatedActions(pool('app'), seen)
    for (const { id, changed } of outdated.found) {
      if (stopping.aborted) return
      await transaction((db) => supersede(db, id, null, [changed], now))
    }
    seen = outdated.seen
    for (const id of await actionsOfEndedRuns(pool('app'), now)) {
      if (stopping.aborted) return
      await transaction((db) => withdrawEnded(db, id, now))
    }
    while (!stopping.aborted && (await transaction(noteLapses)) > 0);
  }
})
