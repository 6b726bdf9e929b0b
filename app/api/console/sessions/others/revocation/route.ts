import { handle } from '@/lib/http/handle'
import { revokeOtherSessions } from '@/lib/people/revoke-session'

/** Ends every session of one's own but the one this is asked from. */
export const POST = handle(
  { permission: 'session.revoke', subject: ({ actor }) => ({ personId: actor.id }) },
  async ({ db, actor, now }) => ({ ended: await revokeOtherSessions(db, actor, actor.id, now) }),
  {
    then: (_, { page }) => page,
    say: ({ ended }) => ({ text: ended === 1 ? 'One session has ended.' : `${ended} sessions have ended.` }),
  },
)
