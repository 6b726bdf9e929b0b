import { agentParams } from '@/lib/agents/contract'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { governAgentLease } from '@/lib/runs/govern-leases'
import { agentLeaseInput } from '@/lib/runs/lease-contract'

/** Gives an agent a shorter lease than the organisation's, which only its owner has to want. */
export const POST = handle(
  {
    permission: 'agent.edit',
    params: agentParams,
    input: agentLeaseInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
  },
  async ({ db, actor, params, input }) => {
    await governAgentLease(db, actor, await agentNamed(db, params.slug), input.seconds)
  },
  {
    then: (_, { params }) => paths.editAgent(params.slug),
    say: () => ({ text: 'Saved. It holds from the next renewal of each run on.' }),
  },
)
