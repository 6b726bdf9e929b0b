import { agentParams, moveInput } from '@/lib/agents/contract'
import { move } from '@/lib/agents/move'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Retires an agent for good, with a reason: its credentials are revoked, and its name never names another. */
export const POST = handle(
  {
    permission: 'agent.retire',
    params: agentParams,
    input: moveInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, actor, params, input }) => {
    await move(db, actor, await agentNamed(db, params.slug), 'retire', input.reason)
  },
  {
    then: (_, { params }) => paths.agent(params.slug),
    say: (_, { params }) => ({ text: `${params.slug} is retired, and its credentials are revoked.` }),
  },
)
