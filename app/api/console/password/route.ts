import { db, transaction } from '@/lib/db/client'
import { handle } from '@/lib/http/handle'
import { changePassword } from '@/lib/people/change-password'
import { checkPassword } from '@/lib/people/check-password'
import { changePasswordInput } from '@/lib/people/contract'
import { fault, isFault } from '@/lib/core/fault'

/** Changes one's own password. The old one is checked as at sign-in, with the same counting of wrong ones. */
export const POST = handle(
  {
    permission: 'password.change',
    input: changePasswordInput,
    transaction: false,
    subject: ({ actor }) => ({ personId: actor.id }),
  },
  async ({ actor, input, address, now }) => {
    await checkPassword(db(), { email: actor.email, password: input.current }, address, now).catch((error: unknown) => {
      throw isFault(error) && error.code === 'invalid_credential'
        ? fault('invalid_request', { field: 'current', detail: 'This is not your password.' })
        : error
    })
    await transaction((tx) => changePassword(tx, actor, input.password, now))
  },
  { then: (_, { page }) => page, say: () => ({ text: 'Your password is changed. Your other sessions have ended.' }) },
)
