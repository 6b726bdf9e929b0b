import { agentParams, editInput } from '@/lib/agents/contract'
import { edit } from '@/lib/agents/edit'
import { agentDetail, agentNamed, agentSubject } from '@/lib/agents/read'
import { fault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** One agent. */
export const GET = handle({ permission: 'agent.read', params: agentParams }, async ({ db, params }) => {
  const agent = await agentDetail(db, params.slug)
  if (agent === null) throw fault('not_found')
  return agent
})

/** Changes what it is for and where it works. */
export const POST = handle(
  {
    permission: 'agent.edit',
    params: agentParams,
    input: editInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, actor, params, input }) => {
    await edit(db, actor, await agentNamed(db, params.slug), input)
  },
  { then: (_, { params }) => paths.agent(params.slug), say: () => ({ text: 'The changes are saved.' }) },
)
