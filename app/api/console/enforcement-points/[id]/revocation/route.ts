import { pointParams } from '@/lib/agents/contract'
import { pointSubject } from '@/lib/agents/read-points'
import { revokePoint } from '@/lib/agents/revoke-point'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Ends an enforcement point, and with it the credentials it asked with. */
export const POST = handle(
  {
    permission: 'enforcement_point.revoke',
    params: pointParams,
    subject: ({ db, params }) => pointSubject(db, parsePublicId('enforcement_point', params.id)),
    transaction: false,
  },
  async ({ db, actor, params, now }) => {
    await revokePoint(db, actor, parsePublicId('enforcement_point', params.id), now)
  },
  {
    then: () => paths.enforcementPoints(),
    say: () => ({
      text: 'The enforcement point is revoked: its next call fails, and unused grants of its agents are dead.',
    }),
  },
)
