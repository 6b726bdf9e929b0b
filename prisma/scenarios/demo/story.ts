import type { Answer } from '@/clients/sdk/client'
import { ConsoleClient } from '../console-client'
import type { FoundPerson } from '../found'
import type { RunningAgent } from './agent'
import { programs } from './programs'
import { tellProtectedRule } from './protected-rule'

/**
 * The story a newcomer finds: every agent does its opening; colleagues approve two of the held actions and reject one; one agent
 * keeps asking for what is forbidden; one that rewrites the same article over and over is halted by whoever is on call.
 */
export async function tellStory(
  server: string,
  agents: ReadonlyMap<string, RunningAgent>,
  people: ReadonlyMap<string, FoundPerson>,
): Promise<void> {
  const answers = new Map<string, Answer[]>()
  await Promise.all(
    [...agents].map(async ([slug, agent]) => {
      const given: Answer[] = []
      for (const step of programs[slug]?.opening ?? []) given.push(await agent.take(step))
      answers.set(slug, given)
    }),
  )
  const held = (slug: string, nth: number): Answer => {
    const answer = (answers.get(slug) ?? []).filter(({ decision }) => decision === 'hold')[nth]
    if (answer === undefined) throw new Error(`The story of ${slug} has no held action ${nth}.`)
    return answer
  }
  const as = async (key: string): Promise<ConsoleClient> => {
    const person = people.get(key)
    if (person === undefined) throw new Error(`Nobody is called ${key}.`)
    return new ConsoleClient(server).signIn(person.email, person.password)
  }
  const [dana, bram] = [await as('dana'), await as('bram')]
  await verdict(
    dana,
    held('soc-triage', 0),
    'approve',
    'Matches report 2291; the owner of the laptop was reached by phone.',
  )
  await verdict(
    bram,
    held('billing-refunds', 0),
    'approve',
    'Policy 88-0977 ended on 1 November; one month was collected too much.',
  )
  await verdict(
    bram,
    held('support-triage', 0),
    'reject',
    'Collected once: the second line is a reservation that the bank released.',
  )
  await tellProtectedRule(agents, people, as)
  // cost-watcher changes hands: the record keeps who answered for what it did before
  const mateo = await as('mateo')
  await mateo.post('/api/console/agents/cost-watcher/owner', { ownerId: people.get('yuki')?.id })
  await dana.post('/api/console/halts', {
    scope: 'agent',
    agent: 'kb-librarian',
    reason: 'Rewrites two articles back and forth; customers see both deadlines.',
  })
}

/** A person's answer, over the digest they were shown. */
async function verdict(
  person: ConsoleClient,
  action: Answer,
  answer: 'approve' | 'reject',
  reason: string,
): Promise<void> {
  await person.post(`/api/console/approvals/${action.approval?.id ?? ''}/verdict`, {
    answer,
    digest: action.digest,
    reason,
  })
}
