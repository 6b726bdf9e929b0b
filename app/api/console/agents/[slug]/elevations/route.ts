import { agentParams } from '@/lib/agents/contract'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { askElevation } from '@/lib/boundary/ask-elevation'
import { elevationInput } from '@/lib/boundary/contract'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Asks for more than the boundary for a while, under its ceiling. It grants nothing. */
export const POST = handle(
  {
    permission: 'elevation.ask',
    params: agentParams,
    input: elevationInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
  },
  async ({ db, actor, params, input, now }) => {
    const { id } = await askElevation(db, actor, await agentNamed(db, params.slug), input, now)
    return { id: publicId('elevation', id) }
  },
  {
    then: (_, { params }) => paths.agent(params.slug),
    say: () => ({ text: 'Asked. It begins when somebody whom the boundary names grants it.' }),
  },
)
