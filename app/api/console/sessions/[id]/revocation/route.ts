import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { revokeSession } from '@/lib/people/revoke-session'
import { signedOutCookie } from '@/lib/people/session-cookie'

/** Ends a session at once; the verb looks whose it is. Ending the one it is asked from is signing out. */
export const POST = handle(
  { permission: 'session.revoke', params: idParams, subject: ({ actor }) => ({ personId: actor.id }) },
  async ({ db, actor, params, now, setCookie }) => {
    const ended = await revokeSession(db, actor, params.id, now)
    if (ended.own) setCookie(signedOutCookie())
    return ended
  },
  {
    then: ({ own }, { page }) => (own ? paths.login() : page),
    say: ({ own }) => (own ? undefined : { text: 'The session has ended.' }),
  },
)
