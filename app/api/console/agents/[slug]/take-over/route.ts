import { agentParams } from '@/lib/agents/contract'
import { takeOver } from '@/lib/agents/hand-over'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Takes over an agent whose owner is gone, in one's own name. */
export const POST = handle(
  {
    permission: 'agent.take_over',
    params: agentParams,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, actor, params }) => {
    await takeOver(db, actor, await agentNamed(db, params.slug))
  },
  {
    then: (_, { params }) => paths.agent(params.slug),
    say: (_, { params }) => ({ text: `You answer for ${params.slug} now.` }),
  },
)
