import { pointInput } from '@/lib/agents/contract'
import { makePoint } from '@/lib/agents/make-point'
import { enforcementPoints } from '@/lib/agents/read-points'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** The enforcement points with the agents each may ask for; their tokens are nowhere. */
export const GET = handle({ permission: 'enforcement_point.read' }, async ({ db, now }) => ({
  points: await enforcementPoints(db, now),
}))

/** Makes an enforcement point; its token is shown this once. */
export const POST = handle(
  { permission: 'enforcement_point.create', input: pointInput },
  async ({ db, actor, input, now }) => {
    const { id, token, expiresAt } = await makePoint(db, actor, input, now)
    return { id: publicId('enforcement_point', id), token, expires_at: expiresAt }
  },
  {
    then: () => paths.enforcementPoints(),
    say: ({ token }, { input }) => ({
      text: `Copy the token of ${input.name} now: it is shown this once, and kept nowhere.`,
      secret: token,
    }),
  },
)
