import { repeated } from '@/lib/gateway/server/repeated'
import { endDrills } from '@/lib/halt/end-drills'

/** Ends drills when they are over: a live one halts what really works, so no longer than it takes to measure. */
export const drills = repeated('drills', 500, () => async () => {
  await endDrills(new Date())
})
