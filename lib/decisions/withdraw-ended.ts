import { closeApproval } from '@/lib/approvals/close'
import { transaction, type Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import { findOfEndedRuns, lockAction, moveAction, runTimesOf } from '@/lib/decisions/store-actions'
import { append } from '@/lib/ledger/append'
import type { Sql } from '@/lib/ledger/sql'
import { RUN_GRACE_MS, runOver } from '@/lib/runs/run'

/**
 * Actions that wait, or were approved and not begun, whose run is over, at most so many: each is ended in a transaction of its own, by `withdrawEnded`.
 * @param runId only those of one run
 */
export function actionsOfEndedRuns(sql: Sql, now: Date, most = 200, runId?: string): Promise<string[]> {
  return findOfEndedRuns(sql, new Date(now.getTime() - RUN_GRACE_MS), most, runId ?? null)
}

/**
 * Ends one action because its run is over, in the caller's transaction, with one entry that says why: what is held is withdrawn, what was
 * approved and not begun expires, since nothing can begin in it any more; false where there is nothing to end, or its run goes on. A closed socket ends nothing: only the end of the run does, or a lease nobody renewed (ADR 0037).
 */
export async function withdrawEnded(db: Db, actionId: string, now: Date): Promise<boolean> {
  const action = await lockAction(db, actionId)
  if (action === null || action.approval_id === null) return false
  const why = runOver(runTimesOf(action), now)
  const approved = action.status === 'approved' && action.grant_hash === null
  if (why === null || !(approved || action.status === 'held')) return false
  const to = approved ? 'expired' : 'withdrawn'
  if ((await closeApproval(db, action.approval_id, to, now)) === null) return false
  await moveAction(db, actionId, to, now, true)
  await append(db, {
    kind: `action.${to}`,
    actor: 'system',
    ...aboutAction(action),
    outcome: approved ? 'expired' : null,
    labels: [why],
  })
  return true
}

/** Withdraws what a run that has just ended still asks, so many at once; the job does what is left. */
export async function withdrawOfRun(sql: Sql, runId: string, now: Date): Promise<void> {
  for (const id of await actionsOfEndedRuns(sql, now, 50, runId)) await transaction((db) => withdrawEnded(db, id, now))
}
