import { agentNamed, agentSubject } from '@/lib/agents/read'
import { check } from '@/lib/boundary/check'
import { checkInput, slugParams } from '@/lib/boundary/contract'
import { handle } from '@/lib/http/handle'

/** What is wrong with a text, as saving it would say. Reads only; nothing of it is kept. */
export const POST = handle(
  {
    permission: 'boundary.test',
    params: slugParams,
    input: checkInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, params, input }) => check(db, await agentNamed(db, params.slug), input.source),
)
