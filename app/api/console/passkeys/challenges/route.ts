import { fault, isFault } from '@/lib/core/fault'
import { handle } from '@/lib/http/handle'
import { checkPassword } from '@/lib/people/check-password'
import { beginToAdd } from '@/lib/people/passkey-add'
import { addChallengeInput } from '@/lib/people/passkey-contract'

/** Begins to add a passkey, in a session whose password is said again, with the same counting of wrong ones as at sign-in. */
export const POST = handle(
  {
    permission: 'passkey.manage',
    input: addChallengeInput,
    subject: ({ actor }) => ({ personId: actor.id }),
    transaction: false,
  },
  async ({ db, actor, input, address, now }) => {
    await checkPassword(db, { email: actor.email, password: input.password }, address, now).catch((error: unknown) => {
      throw isFault(error) && error.code === 'invalid_credential'
        ? fault('invalid_request', { field: 'password', detail: 'This is not your password.' })
        : error
    })
    return beginToAdd(db, actor, input.name, now)
  },
)
