import { agentNamed } from '@/lib/agents/read'
import { signInput, versionParams } from '@/lib/boundary/contract'
import { versionOf } from '@/lib/boundary/read'
import { beginToSign } from '@/lib/boundary/signed-with'
import { handle } from '@/lib/http/handle'

/** What a passkey is asked to sign when a draft of an agent's boundary is put in force. */
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
    beginToSign(db, actor, await agentNamed(db, params.slug), params.version, input, now),
)
