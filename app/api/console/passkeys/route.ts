import { handle } from '@/lib/http/handle'
import { finishAdding } from '@/lib/people/passkey-add'
import { addInput } from '@/lib/people/passkey-contract'

/** Adds the passkey that answered a challenge. */
export const POST = handle(
  {
    permission: 'passkey.manage',
    input: addInput,
    subject: ({ actor }) => ({ personId: actor.id }),
    transaction: false,
  },
  ({ db, actor, input, now }) => finishAdding(db, actor, input, now),
)
