import { letInput, pointParams } from '@/lib/agents/contract'
import { letPointAsk } from '@/lib/agents/let-point-ask'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Lets an enforcement point ask for an agent: its owner does, in a browser. */
export const POST = handle(
  {
    permission: 'enforcement_point.let_ask',
    params: pointParams,
    input: letInput,
    subject: ({ db, input }) => agentSubject(db, input.agent),
  },
  async ({ db, actor, params, input, now }) => {
    const pointId = parsePublicId('enforcement_point', params.id)
    const { credentialId } = await letPointAsk(db, actor, pointId, await agentNamed(db, input.agent), now)
    return { credential: publicId('credential', credentialId) }
  },
  {
    then: () => paths.enforcementPoints(),
    say: (_, { input }) => ({ text: `It may ask for ${input.agent} now. Revoke that among the agent’s credentials.` }),
  },
)
