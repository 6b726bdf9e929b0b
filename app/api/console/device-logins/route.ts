import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { findLogin } from '@/lib/people/answer-device-login'
import { userCodeInput } from '@/lib/people/contract'

/** Finds the command line that shows a code. Tries are counted outside of the transaction: a wrong one is one. */
export const POST = handle(
  {
    permission: 'device_login.answer',
    input: userCodeInput,
    subject: ({ actor }) => ({ personId: actor.id }),
    transaction: false,
  },
  ({ db, actor, input, now }) => findLogin(db, actor, input.user_code, now),
  { then: ({ id }) => paths.device(id) },
)
