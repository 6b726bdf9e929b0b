import { agentParams, moveInput } from '@/lib/agents/contract'
import { move } from '@/lib/agents/move'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Suspends an agent at once, with a reason: nothing it asks is allowed, and its unused grants are dead. */
export const POST = handle(
  {
    permission: 'agent.suspend',
    params: agentParams,
    input: moveInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, actor, params, input }) => {
    await move(db, actor, await agentNamed(db, params.slug), 'suspend', input.reason)
  },
  {
    then: (_, { params }) => paths.agent(params.slug),
    say: (_, { params }) => ({ text: `${params.slug} is suspended. Nothing it asks is allowed.` }),
  },
)
