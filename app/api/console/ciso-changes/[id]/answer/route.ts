import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { coSign } from '@/lib/people/co-sign'
import { answerChangeInput, idParams } from '@/lib/people/contract'
import { sessionConfig } from '@/lib/people/session-config'

/** A ciso co-signs or refuses what an administrator wants to do to a ciso. The verb looks at whom it is about. */
export const POST = handle(
  { permission: 'ciso.cosign', params: idParams, input: answerChangeInput, transaction: false },
  async ({ actor, params, input, now }) => {
    const { secret } = await coSign(actor, params.id, input.answer, now)
    return { link: secret === undefined ? null : new URL(paths.newPassword(secret), sessionConfig().publicUrl).href }
  },
  {
    then: (_, { page }) => page,
    say: ({ link }, { input }) =>
      link === null
        ? { text: input.answer === 'approved' ? 'Co-signed. It is done.' : 'Refused. Nothing is changed.' }
        : {
            text: 'Co-signed. Give them this link yourself: it works once, for 24 hours, and is shown only now.',
            secret: link,
          },
  },
)
