import { registerInput } from '@/lib/agents/contract'
import { register } from '@/lib/agents/register'
import { registry } from '@/lib/boundary/registry'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Every agent with its boundary in force, its last decision and what waits for people. */
export const GET = handle({ permission: 'agent.read' }, async ({ db }) => ({ agents: await registry(db) }))

/** Registers an agent that the person who asks answers for. */
export const POST = handle(
  { permission: 'agent.register', input: registerInput, subject: ({ actor }) => ({ ownerId: actor.id }) },
  ({ db, actor, input, now }) => register(db, actor, input, now),
  {
    then: ({ slug }) => paths.agent(slug),
    say: ({ slug }) => ({ text: `${slug} is registered, and you answer for it. It may do nothing yet.` }),
  },
)
