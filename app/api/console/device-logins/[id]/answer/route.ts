import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { answerDeviceLogin } from '@/lib/people/answer-device-login'
import { deviceAnswerInput, idParams } from '@/lib/people/contract'

/** Lets a command line in, or refuses it; the verb looks whose code it was. */
export const POST = handle(
  {
    permission: 'device_login.answer',
    input: deviceAnswerInput,
    params: idParams,
    subject: ({ actor }) => ({ personId: actor.id }),
  },
  async ({ db, actor, input, params, now }) => {
    await answerDeviceLogin(db, actor, { id: params.id, ...input }, now)
  },
  { then: (_, { params }) => paths.device(params.id) },
)
