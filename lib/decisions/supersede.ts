import { closeApproval } from '@/lib/approvals/close'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import { payloadOf } from '@/lib/decisions/read-own'
import { lockAction, moveAction, type ActionRow } from '@/lib/decisions/store-actions'
import type { Compared } from '@/lib/decisions/superseded'
import type { Change } from '@/lib/decisions/superseded-words'
import { append } from '@/lib/ledger/append'
import type { Sql } from '@/lib/ledger/sql'

/**
 * Ends a held action, or an approved one that was never begun, because something about it changed: approval, action and one entry, in the
 * caller's transaction. False where it was no longer in a state that allows it.
 * @param by the action that takes its place, as a bare UUID; null where none does
 */
export async function supersede(
  db: Db,
  actionId: string,
  by: string | null,
  changed: readonly Change[],
  now: Date,
): Promise<boolean> {
  const action = await lockAction(db, actionId)
  const waits = action?.status === 'held' || (action?.status === 'approved' && action.grant_hash === null)
  if (action === null || !waits || action.approval_id === null) return false
  if ((await closeApproval(db, action.approval_id, 'superseded', now, { by, changed })) === null) return false
  await moveAction(db, action.id, 'superseded', now, true)
  await append(db, {
    kind: 'approval.superseded',
    actor: by === null ? 'system' : 'agent',
    ...aboutAction(action),
    labels: changed.map((one) => `changed_${one}`),
    ...(by !== null && { payload: { by: publicId('action', by) } }),
  })
  return true
}

/** What of an action is compared with another; null where it was erased. */
export async function comparedOf(sql: Sql, action: ActionRow): Promise<Compared | null> {
  const payload = await payloadOf(sql, action)
  if (payload === null) return null
  const { tool, arguments: args, resource, requester, attributes, reasons } = payload
  return {
    tool,
    arguments: args,
    resource,
    requester,
    ...(attributes !== undefined && { attributes }),
    boundary: action.boundary_digest,
    baseline: action.baseline_digest,
    reasons,
  }
}
