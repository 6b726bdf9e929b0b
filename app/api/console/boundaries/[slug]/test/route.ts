import { agentSubject } from '@/lib/agents/read'
import { slugParams } from '@/lib/boundary/contract'
import { handle } from '@/lib/http/handle'
import { testInput } from '@/lib/trials/contract'
import { testCall } from '@/lib/trials/test-call'

/** What would happen to one call under a text that nobody has signed. Reads only; nothing of it is kept. */
export const POST = handle(
  {
    permission: 'boundary.test',
    params: slugParams,
    input: testInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, params, input, now }) => testCall(db, params.slug, input, now),
)
