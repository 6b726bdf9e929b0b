import { credentialParams, rotateInput } from '@/lib/agents/contract'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { rotateCredential } from '@/lib/agents/rotate-credential'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Replaces a credential; the old one goes on for so many hours. */
export const POST = handle(
  {
    permission: 'credential.rotate',
    params: credentialParams,
    input: rotateInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  async ({ db, actor, params, input, now }) => {
    const agent = await agentNamed(db, params.slug)
    return rotateCredential(db, actor, agent, parsePublicId('credential', params.id), input.overlapHours, now)
  },
  {
    then: (_, { params }) => paths.agentCredentials(params.slug),
    say: ({ clientId, clientSecret }) => ({
      text: `Copy the secret of ${clientId} now: it is shown this once, and kept nowhere. The old credential ends as you chose.`,
      secret: clientSecret,
    }),
  },
)
