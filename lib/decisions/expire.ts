import { closeApproval } from '@/lib/approvals/close'
import { approvalFacts } from '@/lib/approvals/read'
import type { Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import {
  askedByPoint,
  findLapsed,
  findOverdue,
  lockAction,
  moveAction,
  type ActionRow,
} from '@/lib/decisions/store-actions'
import { append } from '@/lib/ledger/append'
import type { Sql } from '@/lib/ledger/sql'

/** How long an agent may take to report the outcome of what it was allowed, in milliseconds. */
export const OUTCOME_MS = 3_600_000
/** How long an approved action waits for its agent to claim the grant the first time, in milliseconds. */
export const CLAIM_MS = 24 * 3_600_000

/** Actions a job should end now, at most so many: each in a transaction of its own, by `expireAction`. */
export async function overdueActions(sql: Sql, now: Date, most = 200): Promise<string[]> {
  const [held, lapsed] = await Promise.all([
    findOverdue(sql, now, most),
    findLapsed(sql, new Date(now.getTime() - OUTCOME_MS), new Date(now.getTime() - CLAIM_MS), most),
  ])
  return [...held, ...lapsed]
}

/**
 * Ends one action whose time is over, in the caller's transaction, with one entry; false when there was nothing to end.
 * Held and unanswered: expired. Approved and never claimed, or allowed and never used: expired. Used, and no outcome in time:
 * unknown; so is what people approved and its agent was given the grant for, used or not: a harness without an executor uses it unseen.
 */
export async function expireAction(db: Db, actionId: string, now: Date): Promise<boolean> {
  const action = await lockAction(db, actionId)
  if (action === null) return false
  const late = (since: Date | null, ms: number) => since !== null && since.getTime() + ms <= now.getTime()
  switch (action.status) {
    case 'held': {
      const closed = action.approval_id === null ? null : await closeApproval(db, action.approval_id, 'expired', now)
      if (closed === null) return false
      await moveAction(db, actionId, 'expired', now, true)
      await append(db, { kind: 'approval.expired', actor: 'system', outcome: 'expired', ...aboutAction(action) })
      return true
    }
    case 'claimed':
      if (!late(action.grant_used_at, OUTCOME_MS)) return false
      await endUnknown(db, action, now)
      return true
    case 'allowed':
      if (!late(action.grant_expires_at, OUTCOME_MS)) return false
      await moveAction(db, actionId, 'expired', now, true)
      await append(db, {
        kind: 'action.expired',
        actor: 'system',
        outcome: 'expired',
        labels: ['grant_never_used'],
        ...aboutAction(action),
      })
      return true
    case 'approved': {
      if (action.grant_hash !== null) {
        if (!late(action.grant_expires_at, OUTCOME_MS)) return false
        await endUnknown(db, action, now)
        return true
      }
      const approval = action.approval_id === null ? null : await approvalFacts(db, action.approval_id)
      if (approval === null || !late(approval.closedAt, CLAIM_MS)) return false
      await closeApproval(db, approval.id, 'expired', now)
      await moveAction(db, actionId, 'expired', now, true)
      await append(db, {
        kind: 'action.expired',
        actor: 'system',
        outcome: 'expired',
        labels: ['grant_never_claimed'],
        ...aboutAction(action),
      })
      return true
    }
    default:
      return false
  }
}

/** It may have been done, and nobody said so. */
async function endUnknown(db: Db, action: ActionRow, now: Date): Promise<void> {
  await moveAction(db, action.id, 'unknown', now, true)
  // an enforcement point may say what came of it, and most never do: told apart, so that it is a quieter alert
  const labels = [(await askedByPoint(db, action.id)) ? 'not_told' : 'no_outcome']
  await append(db, { kind: 'action.expired', actor: 'system', labels, ...aboutAction(action) })
}
