import { agentNamed } from '@/lib/agents/read'
import { askOverrideInput, versionParams } from '@/lib/boundary/contract'
import { askOverride } from '@/lib/boundary/override'
import { versionOf } from '@/lib/boundary/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Asks that a draft which widens need not wait for the watching period to end. */
export const POST = handle(
  {
    permission: 'boundary.override',
    params: versionParams,
    input: askOverrideInput,
    subject: async ({ db, params }) => {
      const agent = await agentNamed(db, params.slug)
      return { drafterId: (await versionOf(db, agent, params.version)).draftedBy }
    },
  },
  async ({ db, actor, params, input, now }) => {
    const agent = await agentNamed(db, params.slug)
    await askOverride(db, actor, agent, await versionOf(db, agent, params.version), input, now)
  },
  {
    then: (_, { params }) => paths.boundary(params.slug, params.version),
    say: () => ({ text: 'Asked. Another person has to agree.' }),
  },
)
