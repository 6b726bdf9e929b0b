import type { Db } from '@/lib/db/client'
import { approvalMayBecome, type ApprovalStatus } from './approval'
import { keepInstead, lockApproval, moveApproval, notifyApproval, type ApprovalRow } from './store'

/**
 * Ends an approval without a verdict, in the caller's transaction: nobody answered in time (`expired`), who asked gave it up
 * (`withdrawn`), or what it was about changed (`superseded`). `instead`: the action that took its place, as a bare UUID, and what changed,
 * in the words of the room that opened it. Null when it was not in a state that allows it.
 */
export async function closeApproval(
  db: Db,
  id: string,
  to: Extract<ApprovalStatus, 'expired' | 'withdrawn' | 'superseded'>,
  now: Date,
  instead: { by: string | null; changed: readonly string[] } = { by: null, changed: [] },
): Promise<ApprovalRow | null> {
  const approval = await lockApproval(db, id)
  if (approval === null || !approvalMayBecome(approval.status, to)) return null
  // an approval whose time is not over does not expire
  if (to === 'expired' && approval.status === 'pending' && approval.expiresAt > now) return null
  await moveApproval(db, id, approval.status, to, now)
  if (to === 'superseded') await keepInstead(db, id, instead)
  await notifyApproval(db, id)
  return approval
}
