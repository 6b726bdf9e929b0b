import { agentParams, handOverInput } from '@/lib/agents/contract'
import { handOver } from '@/lib/agents/hand-over'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Makes another person answer for an agent. */
export const POST = handle(
  {
    permission: 'agent.hand_over',
    params: agentParams,
    input: handOverInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, actor, params, input }) => {
    await handOver(db, actor, await agentNamed(db, params.slug), input.ownerId)
  },
  { then: (_, { params }) => paths.agent(params.slug), say: () => ({ text: 'It changed hands.' }) },
)
