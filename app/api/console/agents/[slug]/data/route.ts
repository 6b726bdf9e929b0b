import { acceptData } from '@/lib/agents/accept-data'
import { acceptDataInput, agentParams } from '@/lib/agents/contract'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Says where the data the agent reads goes, and accepts that in one's own name (C30). */
export const POST = handle(
  {
    permission: 'agent.accept_data',
    params: agentParams,
    input: acceptDataInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
  },
  async ({ db, actor, params, input, now }) => {
    await acceptData(db, actor, await agentNamed(db, params.slug), input, now)
  },
  { then: (_, { params }) => paths.agent(params.slug), say: () => ({ text: 'You accepted where its data goes.' }) },
)
