import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { beginToRemove } from '@/lib/people/passkey-change'

/** What a passkey is asked to sign when one is removed. */
export const POST = handle(
  {
    permission: 'passkey.manage',
    params: idParams,
    subject: ({ actor }) => ({ personId: actor.id }),
    transaction: false,
  },
  ({ db, actor, params, now }) => beginToRemove(db, actor, params.id, now),
)
