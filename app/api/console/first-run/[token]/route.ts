import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { foundInput, linkParams } from '@/lib/people/contract'
import { found } from '@/lib/people/found'
import { signedInCookie } from '@/lib/people/session-cookie'
import { signIn } from '@/lib/people/sign-in'

/** The first run: makes the organisation and its first administrator, and signs them in (DESIGN §3). */
export const POST = handle(
  { permission: 'public', params: linkParams, input: foundInput },
  async ({ db, params, input, address, userAgent, now, setCookie }) => {
    const personId = await found(db, params.token, input, now)
    setCookie(await signedInCookie(await signIn(db, personId, { address, userAgent }, now), personId))
  },
  { then: () => paths.people() },
)
