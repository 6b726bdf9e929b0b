import { publicId } from '@/lib/core/ids'
import { transaction, type Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import type { RecordedRefusal } from '@/lib/decisions/contract'
import { countRefusal, type ActionRow } from '@/lib/decisions/store-actions'
import { append } from '@/lib/ledger/append'

/** How many refusals of one action's grant are entries, for each reason; all of them are counted (ADR 0037). */
export const MOST_RECORDED = 5

/** Where it was refused: when an executor asked, when the grant was claimed, or when an outcome came with it. */
export type RefusedAt = 'introspection' | 'claim' | 'outcome'

/**
 * Records that the grant of an action was refused, in a transaction of its own: what refused it has been undone, or changed nothing. The
 * first few of a reason are entries, the last of them labelled `counted_from_here`; the rest are counted, so that whoever tries without end
 * fills no ledger.
 * @param by the agent that tried, where it is not the action's own
 */
export async function recordRefusal(
  action: ActionRow,
  reason: RecordedRefusal,
  at: RefusedAt,
  by: string | null = null,
): Promise<void> {
  await transaction((db) => recordRefusalIn(db, action, reason, at, by))
}

async function recordRefusalIn(
  db: Db,
  action: ActionRow,
  reason: RecordedRefusal,
  at: RefusedAt,
  by: string | null,
): Promise<void> {
  const count = await countRefusal(db, action.id, reason)
  if (count > MOST_RECORDED) return
  await append(db, {
    kind: 'action.refused',
    actor: by === null ? 'agent' : 'system',
    ...aboutAction(action),
    ...(by !== null && { payload: { by: publicId('agent', by) } }),
    labels: [`grant_${reason}`, `at_${at}`, ...(count === MOST_RECORDED ? ['counted_from_here'] : [])],
  })
}
