import { isFault } from '@/lib/core/fault'
import { transaction } from '@/lib/db/client'
import { noteDue, scheduleInForce } from './drills-due'
import { rehearse } from './rehearse'
import { findTeamName } from './store-drill'

/**
 * Begins the rehearsal that is due, where the organisation set that it begins by itself; works out anew when the next one is. Several replicas may try: one drill
 * for each due moment.
 * @returns the drill's id; null where none is due or people begin it
 */
export async function runDueDrill(now: Date): Promise<string | null> {
  return transaction(async (tx) => {
    const due = await noteDue(tx)
    const { scope, target, whenDue } = await scheduleInForce(tx)
    if (due === null || due > now || whenDue !== 'rehearse') return null
    const name = scope === 'team' ? await findTeamName(tx, target) : target
    const named = scope === 'organisation' || name === null ? {} : { [scope]: name }
    return rehearse(tx, { scope, named, note: 'By the schedule.', by: null, dueAt: due, now })
  }).catch((error: unknown) => {
    // one of this scope goes on: it will count, or the next minute begins this one
    if (isFault(error) && error.code === 'wrong_state') return null
    throw error
  })
}
