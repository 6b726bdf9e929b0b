import { closeApproval } from '@/lib/approvals/close'
import { transaction, type Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import { findOfEndedRuns, lockAction, moveAction, runTimesOf } from '@/lib/decisions/store-actions'
import { append } from '@/lib/ledger/append'
import type { Sql } from '@/lib/ledger/sql'
import { RUN_GRACE_MS, runOver } from '@/lib/runs/run'

/**
 * Held actions whose run is over, at most so many: each is withdrawn in a transaction of its own, by `withdrawEnded`.
 * @param runId only those of one run
 */
export function actionsOfEndedRuns(sql: Sql, now: Date, most = 200, runId?: string): Promise<string[]> {
  return findOfEndedRuns(sql, new Date(now.getTime() - RUN_GRACE_MS), most, runId ?? null)
}

/**
 * Withdraws one held action because its run is over, in the caller's transaction, with one entry that says why; false where it is not held
 * any more, or its run goes on. A closed socket ends nothing: only the end of the run does, or a lease nobody renewed (ADR 0037).
 */
export async function withdrawEnded(db: Db, actionId: string, now: Date): Promise<boolean> {
  const action = await lockAction(db, actionId)
  if (action?.status !== 'held' || action.approval_id === null) return false
  const why = runOver(runTimesOf(action), now)
  if (why === null || (await closeApproval(db, action.approval_id, 'withdrawn', now)) === null) return false
  await moveAction(db, actionId, 'withdrawn', now, true)
  await append(db, { kind: 'action.withdrawn', actor: 'system', ...aboutAction(action), labels: [why] })
  return true
}

/** Withdraws what a run that has just ended still asks, so many at once; the job does what is left. */
export async function withdrawOfRun(sql: Sql, runId: string, now: Date): Promise<void> {
  for (const id of await actionsOfEndedRuns(sql, now, 50, runId)) await transaction((db) => withdrawEnded(db, id, now))
}
