import { hookTokenParams } from '@/lib/agents/hook-contract'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { revokeHookToken } from '@/lib/agents/revoke-hook-token'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Ends a hook token now. */
export const POST = handle(
  {
    permission: 'credential.revoke',
    params: hookTokenParams,
    subject: ({ db, params }) => agentSubject(db, params.slug),
  },
  async ({ db, actor, params, now }) => {
    const agent = await agentNamed(db, params.slug)
    await revokeHookToken(db, agent, parsePublicId('hook', params.id), actor.id, now)
  },
  {
    then: (_, { params }) => paths.agentCredentials(params.slug),
    say: () => ({ text: 'The hook token is revoked: the next call of its session is denied.' }),
  },
)
