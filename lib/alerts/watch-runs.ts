import { watchText } from '@/lib/boundary/watch'
import type { Db } from '@/lib/db/client'
import { queryOne } from '@/lib/ledger/sql'
import { fire } from './fire-watch'
import { notifyAlerts } from './store'
import { findLongRuns, findWatched } from './store-watch'

/**
 * Looks for runs that have been open for longer than a boundary lets them (`run_longer_than`): the clock makes this come true, and no
 * entry. In the caller's transaction; one replica at a time. Each run fires once. A run that was too long before people lifted a halt
 * of its agent does not: they looked.
 * @returns how many came true
 */
export async function watchRuns(db: Db, now: Date): Promise<number> {
  const mine = await queryOne<{ got: boolean }>(
    db,
    `SELECT pg_try_advisory_xact_lock(hashtextextended('watch runs', 0)) AS got`,
  )
  if (mine?.got !== true) return 0
  let fired = 0
  for (const agent of await findWatched(db, null, 'run_longer_than')) {
    let { stoppedUntil } = agent
    for (const [place, rule] of (agent.document.watch ?? []).entries()) {
      if (rule.on !== 'run_longer_than' || rule.within === undefined) continue
      for (const run of await findLongRuns(db, agent.agentId, watchText(rule), new Date(now.getTime() - rule.within))) {
        if (run.openedAt.getTime() + rule.within <= stoppedUntil) continue
        if (!(await fire(db, { agent, rule, place, entries: [[run.index, run.entryId]] }))) continue
        fired += 1
        if (rule.then === 'halt') stoppedUntil = Infinity
      }
    }
  }
  if (fired > 0) await notifyAlerts(db)
  return fired
}
