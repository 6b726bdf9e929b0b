import { closeApproval } from '@/lib/approvals/close'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import { lockAction, moveAction } from '@/lib/decisions/store-actions'
import { append } from '@/lib/ledger/append'

/**
 * Its agent gives up a held action, in the caller's transaction: approval, action and one entry.
 * @throws Fault `not_found` (also for another agent's action), `wrong_state`
 */
export async function withdraw(db: Db, agentId: string, actionId: string, now: Date): Promise<void> {
  const action = await lockAction(db, actionId)
  if (action === null || action.agent_id !== agentId)
    throw fault('not_found', { detail: 'This agent has no such action.' })
  const closed =
    action.status === 'held' && action.approval_id !== null
      ? await closeApproval(db, action.approval_id, 'withdrawn', now)
      : null
  if (closed === null)
    throw fault('wrong_state', { detail: `Only a held action can be withdrawn; this one is ${action.status}.` })
  await moveAction(db, actionId, 'withdrawn', now, true)
  await append(db, { kind: 'action.withdrawn', actor: 'agent', ...aboutAction(action) })
}
