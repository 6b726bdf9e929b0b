import { agentNamed } from '@/lib/agents/read'
import { tightenInput, versionParams } from '@/lib/boundary/contract'
import { tighten } from '@/lib/boundary/tighten'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Puts one's own draft in force alone, where it only narrows what is in force. */
export const POST = handle(
  {
    permission: 'boundary.tighten',
    params: versionParams,
    input: tightenInput,
    subject: async ({ db, params }) => ({ ownerId: (await agentNamed(db, params.slug)).ownerId }),
    transaction: false,
  },
  async ({ db, actor, params, input, now }) =>
    tighten(db, actor, await agentNamed(db, params.slug), params.version, input, now),
  {
    then: (_, { params }) => paths.boundary(params.slug, params.version),
    say: (_, { params }) => ({ text: `Version ${String(params.version)} is in force from this moment.` }),
  },
)
