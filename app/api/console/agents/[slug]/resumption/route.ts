import { agentParams, moveInput } from '@/lib/agents/contract'
import { move } from '@/lib/agents/move'
import { agentNamed, suspendedBy } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Lets a suspended agent go on, with a reason. */
export const POST = handle(
  {
    permission: 'agent.resume',
    params: agentParams,
    input: moveInput,
    subject: async ({ db, params }) => {
      const agent = await agentNamed(db, params.slug)
      return { ownerId: agent.ownerId, suspendedBy: await suspendedBy(db, agent.id) }
    },
    transaction: false,
  },
  async ({ db, actor, params, input }) => {
    await move(db, actor, await agentNamed(db, params.slug), 'resume', input.reason)
  },
  {
    then: (_, { params }) => paths.agent(params.slug),
    say: (_, { params }) => ({ text: `${params.slug} is active again.` }),
  },
)
