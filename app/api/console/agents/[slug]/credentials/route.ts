import { agentParams } from '@/lib/agents/contract'
import { issueCredential } from '@/lib/agents/issue-credential'
import { agentNamed, agentSubject, credentialsOf } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** The credentials of an agent, without their secrets, which nobody has. */
export const GET = handle({ permission: 'agent.read', params: agentParams }, async ({ db, params, now }) => ({
  credentials: await credentialsOf(db, (await agentNamed(db, params.slug)).id, now),
}))

/** Makes a credential; its secret is shown this once. */
export const POST = handle(
  {
    permission: 'credential.create',
    params: agentParams,
    subject: ({ db, params }) => agentSubject(db, params.slug),
  },
  async ({ db, actor, params, now }) => issueCredential(db, actor, await agentNamed(db, params.slug), now),
  {
    then: (_, { params }) => paths.agentCredentials(params.slug),
    say: ({ clientId, clientSecret }) => ({
      text: `Copy the secret of ${clientId} now: it is shown this once, and kept nowhere.`,
      secret: clientSecret,
    }),
  },
)
