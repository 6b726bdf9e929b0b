import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { endDelegation } from '@/lib/people/delegate'

/** Ends a delegation before its time. */
export const POST = handle(
  { permission: 'delegation.end', params: idParams, subject: ({ actor }) => ({ personId: actor.id }) },
  ({ db, actor, params, now }) => endDelegation(db, actor, params.id, now),
  { then: (_, { page }) => page, say: () => ({ text: 'It has ended.' }) },
)
