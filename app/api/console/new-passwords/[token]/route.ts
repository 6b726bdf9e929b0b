import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { linkParams, newPasswordInput } from '@/lib/people/contract'
import { setPassword } from '@/lib/people/reset'
import { signedInCookie } from '@/lib/people/session-cookie'
import { signIn } from '@/lib/people/sign-in'

/** Sets a new password by a one-time link, ends every session there was, and signs the person in. */
export const POST = handle(
  { permission: 'public', params: linkParams, input: newPasswordInput },
  async ({ db, params, input, address, userAgent, now, setCookie }) => {
    const personId = await setPassword(db, params.token, input.password, now)
    setCookie(await signedInCookie(await signIn(db, personId, { address, userAgent }, now), personId))
  },
  { then: () => paths.posture() },
)
