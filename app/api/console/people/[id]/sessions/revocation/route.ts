import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { revokeOtherSessions } from '@/lib/people/revoke-session'

/** Ends every session of a person at once (of oneself: but the one this is asked from). */
export const POST = handle(
  { permission: 'session.revoke', params: idParams, subject: ({ params }) => ({ personId: params.id }) },
  async ({ db, actor, params, now }) => ({ ended: await revokeOtherSessions(db, actor, params.id, now) }),
  {
    then: (_, { params }) => paths.person(publicId('person', params.id)),
    say: ({ ended }) => ({ text: ended === 1 ? 'One session has ended.' : `${ended} sessions have ended.` }),
  },
)
