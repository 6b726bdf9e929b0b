import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { joinInput, linkParams } from '@/lib/people/contract'
import { join } from '@/lib/people/join'
import { signedInCookie } from '@/lib/people/session-cookie'
import { signIn } from '@/lib/people/sign-in'

/** Takes an invitation up, once, and signs the new person in. */
export const POST = handle(
  { permission: 'public', params: linkParams, input: joinInput },
  async ({ db, params, input, address, userAgent, now, setCookie }) => {
    const personId = await join(db, params.token, input, now)
    setCookie(await signedInCookie(await signIn(db, personId, { address, userAgent }, now), personId))
  },
  { then: () => paths.posture() },
)
