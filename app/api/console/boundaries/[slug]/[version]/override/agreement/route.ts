import { agentNamed } from '@/lib/agents/read'
import { agreeOverrideInput, versionParams } from '@/lib/boundary/contract'
import { agreeOverride } from '@/lib/boundary/override'
import { versionOf } from '@/lib/boundary/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Agrees, as the second person, that a draft which widens need not wait. */
export const POST = handle(
  {
    permission: 'boundary.override',
    params: versionParams,
    input: agreeOverrideInput,
    subject: async ({ db, params }) => {
      const agent = await agentNamed(db, params.slug)
      return { drafterId: (await versionOf(db, agent, params.version)).draftedBy }
    },
  },
  async ({ db, actor, params, input, now }) => {
    const agent = await agentNamed(db, params.slug)
    await agreeOverride(db, actor, agent, await versionOf(db, agent, params.version), input, now)
  },
  {
    then: (_, { params }) => paths.boundary(params.slug, params.version),
    say: () => ({ text: 'Agreed. A ciso of the two of you signs it.' }),
  },
)
