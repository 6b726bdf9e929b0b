import { agentNamed } from '@/lib/agents/read'
import { signInput, versionParams } from '@/lib/boundary/contract'
import { versionOf } from '@/lib/boundary/read'
import { sign } from '@/lib/boundary/sign'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Signs a draft of an agent's boundary in one's own name: it is in force from the answer on. */
export const POST = handle(
  {
    permission: 'boundary.sign',
    params: versionParams,
    input: signInput,
    subject: async ({ db, params }) => {
      const agent = await agentNamed(db, params.slug)
      const { draftedBy } = await versionOf(db, agent, params.version)
      return { drafterId: draftedBy, ownerId: agent.ownerId }
    },
    transaction: false,
  },
  async ({ db, actor, params, input, now }) =>
    sign(db, actor, await agentNamed(db, params.slug), params.version, input, now),
  {
    then: (_, { params }) => paths.boundary(params.slug, params.version),
    say: (_, { params }) => ({ text: `Version ${String(params.version)} is signed, and in force from this moment.` }),
  },
)
