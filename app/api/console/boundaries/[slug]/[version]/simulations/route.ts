import { agentNamed, agentSubject } from '@/lib/agents/read'
import { versionParams } from '@/lib/boundary/contract'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { askSimulation } from '@/lib/trials/ask'
import { simulateInput } from '@/lib/trials/contract'

/** Asks for a version to be tried on the past of its agent. */
export const POST = handle(
  {
    permission: 'boundary.simulate',
    params: versionParams,
    input: simulateInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
  },
  async ({ db, actor, params, input, now }) =>
    askSimulation(db, actor, await agentNamed(db, params.slug), params.version, input, now),
  { then: (_, { params }) => paths.pastUnder(params.slug, params.version) },
)
