import { setTimeout as sleep } from 'node:timers/promises'
import { CountersignClient, type Answer, type Refusal } from '@/clients/sdk/client'
import type { Program, Step } from './programs'

export type RunningAgent = {
  slug: string
  client: CountersignClient
  /** Proposes one step and answers at once; what a person lets through later runs later. */
  take: (step: Step) => Promise<Answer>
  /** Resolves when nothing of this agent's is under way any more. */
  ended: Promise<void>
}

const MOST_WAITING = 8

/**
 * Runs an agent's program as a client of the API until aborted: it listens for halts on its stream, confirms them, proposes
 * its rounds, and runs what it may. It holds nothing that the server does not hold.
 */
export function runAgent(
  options: { server: string; slug: string; clientId: string; clientSecret: string; program: Program; everyMs: number },
  signal: AbortSignal,
  onTrouble: (slug: string, error: unknown) => void,
): RunningAgent {
  const { server, slug, clientId, clientSecret, program, everyMs } = options
  const client = new CountersignClient({ server, clientId, clientSecret, signal })
  /** what is in force, and since when this program has to stop for it */
  const halts = new Map<string, string | undefined>()
  const waiting = new Set<Promise<unknown>>()

  const take = async (step: Step): Promise<Answer> => {
    const answer = await client.propose(step.proposal)
    const rest = finish(client, answer, step).catch((error: unknown) => {
      if (!signal.aborted) onTrouble(slug, error)
    })
    waiting.add(rest)
    void rest.finally(() => waiting.delete(rest))
    return answer
  }

  const listen = async () => {
    for await (const { event, data } of client.halts(signal)) {
      const said = data as Partial<Halt> & { halts?: Halt[]; drills?: { id: string }[] }
      // a rehearsal is confirmed and stops nothing
      for (const { id } of event === 'drill' ? [data as { id: string }] : (said.drills ?? []))
        await client.acknowledge(id).catch((error: unknown) => {
          onTrouble(slug, error)
        })
      if (event === 'drill') continue
      // every connection begins with everything in force: what is not in it was lifted meanwhile
      if (said.halts)
        for (const known of halts.keys()) if (!said.halts.some(({ id }) => id === known)) halts.delete(known)
      for (const { id, requested_at, lifted_at } of said.halts ?? [said]) {
        if (id === undefined) continue
        if (lifted_at) halts.delete(id)
        else if (!halts.has(id) || halts.get(id) !== requested_at) {
          halts.set(id, requested_at)
          // nothing of this program outlives a proposal, so it has stopped once it stops proposing
          await client.acknowledge({ id, requested_at }).catch((error: unknown) => {
            onTrouble(slug, error)
          })
        }
      }
    }
  }

  const work = async () => {
    for (let n = 0; !signal.aborted; n++) {
      await sleep(everyMs * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
      if (signal.aborted || halts.size > 0 || waiting.size >= MOST_WAITING) continue
      try {
        for (const step of program.round(n)) await take(step)
      } catch (error) {
        // expected of a server that is restarting, and of an agent that somebody just stopped
        if (!signal.aborted && !['ECONNREFUSED', 'stop_only'].includes((error as Partial<Refusal>).code ?? ''))
          onTrouble(slug, error)
      }
    }
  }

  const ended = Promise.all([listen(), work()]).then(async () => {
    await Promise.allSettled(waiting)
  })
  return { slug, client, take, ended }
}

/** Waits for a person where one is asked, claims the grant, does the work, reports it. */
async function finish(client: CountersignClient, proposed: Answer, step: Step): Promise<void> {
  let answer = await client.settled(proposed)
  if (answer.status === 'approved') answer = await client.claim(answer.id)
  if (!answer.grant) return
  const started = performance.now()
  const output = step.works()
  await client.report(answer.id, answer.grant.token, {
    status: 'succeeded',
    output,
    duration_ms: Math.round(performance.now() - started),
  })
}

type Halt = { id: string; requested_at?: string; lifted_at: string | null }
