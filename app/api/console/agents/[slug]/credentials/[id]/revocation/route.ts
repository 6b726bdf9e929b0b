import { credentialParams } from '@/lib/agents/contract'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { revokeCredential } from '@/lib/agents/revoke-credential'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Ends a credential now. */
export const POST = handle(
  {
    permission: 'credential.revoke',
    params: credentialParams,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, actor, params }) => {
    const agent = await agentNamed(db, params.slug)
    await revokeCredential(db, actor, agent, parsePublicId('credential', params.id))
  },
  {
    then: (_, { params }) => paths.agentCredentials(params.slug),
    say: () => ({ text: 'The credential is revoked: its next call fails.' }),
  },
)
