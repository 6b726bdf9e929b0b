import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { revokeInvitation } from '@/lib/people/invite'

/** Ends a link to join before it is used. */
export const POST = handle(
  { permission: 'person.invite', params: idParams },
  ({ db, actor, params, now }) => revokeInvitation(db, actor, params.id, now),
  { then: (_, { page }) => page, say: () => ({ text: 'The link no longer works.' }) },
)
