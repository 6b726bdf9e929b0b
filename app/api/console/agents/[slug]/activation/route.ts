import { agentParams, moveInput } from '@/lib/agents/contract'
import { move } from '@/lib/agents/move'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Activates an agent: from now on what it asks is answered by its signed boundary. */
export const POST = handle(
  {
    permission: 'agent.activate',
    params: agentParams,
    input: moveInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, actor, params, input }) => {
    await move(db, actor, await agentNamed(db, params.slug), 'activate', input.reason)
  },
  {
    then: (_, { params }) => paths.agent(params.slug),
    say: (_, { params }) => ({ text: `${params.slug} is active.` }),
  },
)
