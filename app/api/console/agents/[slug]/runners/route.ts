import { agentParams } from '@/lib/agents/contract'
import { enrolRunner } from '@/lib/agents/enrol-runner'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { runnersOf } from '@/lib/agents/read-runners'
import { runnerInput } from '@/lib/agents/runner-contract'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** The runners of an agent, by their public keys. */
export const GET = handle({ permission: 'agent.read', params: agentParams }, async ({ db, params }) => ({
  runners: await runnersOf(db, (await agentNamed(db, params.slug)).id),
}))

/** Enrols the public key of a runner: what is signed with it is believed to come from a sandbox. */
export const POST = handle(
  {
    permission: 'runner.enrol',
    params: agentParams,
    input: runnerInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
  },
  async ({ db, actor, params, input, now }) => enrolRunner(db, actor, await agentNamed(db, params.slug), input, now),
  {
    then: (_, { params }) => paths.agentCredentials(params.slug),
    say: (_, { input }) => ({ text: `The runner ${input.name} is enrolled: what it attests is believed from now on.` }),
  },
)
