import { agentParams, reviewInput } from '@/lib/agents/contract'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { review } from '@/lib/agents/review'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Confirms that somebody looked at an agent again, and sets the next date. */
export const POST = handle(
  {
    permission: 'agent.review',
    params: agentParams,
    input: reviewInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, actor, params, input, now }) => {
    await review(db, actor, await agentNamed(db, params.slug), input, now)
  },
  { then: (_, { params }) => paths.agent(params.slug), say: () => ({ text: 'The review is recorded.' }) },
)
