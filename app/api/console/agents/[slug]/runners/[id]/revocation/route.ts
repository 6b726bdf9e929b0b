import { agentNamed, agentSubject } from '@/lib/agents/read'
import { revokeRunner } from '@/lib/agents/revoke-runner'
import { runnerParams } from '@/lib/agents/runner-contract'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Ends a runner now; the unused grants of its agent die with it. */
export const POST = handle(
  {
    permission: 'credential.revoke',
    params: runnerParams,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, actor, params }) =>
    revokeRunner(db, actor, await agentNamed(db, params.slug), parsePublicId('runner', params.id)),
  {
    then: (_, { params }) => paths.agentCredentials(params.slug),
    say: () => ({ text: 'The runner is revoked: nothing it signs is believed, and unused grants are dead.' }),
  },
)
