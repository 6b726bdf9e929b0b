import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { removePasskey } from '@/lib/people/passkey-change'
import { removeInput } from '@/lib/people/passkey-contract'

/** Removes one's own passkey, with any passkey one has. */
export const POST = handle(
  {
    permission: 'passkey.manage',
    params: idParams,
    input: removeInput,
    subject: ({ actor }) => ({ personId: actor.id }),
    transaction: false,
  },
  ({ db, actor, params, input, now }) => removePasskey(db, actor, params.id, input.assertion, now),
  {
    then: () => paths.passkeys(),
    say: ({ name }) => ({ text: `The passkey “${name}” is removed. What was signed with it stays signed.` }),
  },
)
