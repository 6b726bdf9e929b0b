import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { revokeSession } from '@/lib/people/revoke-session'
import { signedOutCookie } from '@/lib/people/session-cookie'

/** Signs out. */
export const POST = handle(
  { permission: 'session.revoke', subject: ({ actor }) => ({ personId: actor.id }) },
  async ({ db, actor, now, setCookie }) => {
    await revokeSession(db, actor, actor.via.id, now)
    setCookie(signedOutCookie())
  },
  { then: () => paths.login() },
)
