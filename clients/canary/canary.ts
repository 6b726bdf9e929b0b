import { setTimeout as sleep } from 'node:timers/promises'
import type { CountersignClient, Refusal } from '../sdk/client'

/** The one thing the canary proposes: a read of nothing. */
export const CANARY_TOOL = 'canary.heartbeat'

/** What it needs in the catalogue, as the console's import reads it. */
export const CANARY_CATALOGUE = { tool: CANARY_TOOL, class: { access: 'read' } } as const

/** What it may do: read its own heartbeat, and nothing else. */
export const CANARY_BOUNDARY = `agent: canary
purpose: Shows that halts reach an agent and that it says so
mcp_scopes:
  canary: [read]
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`

export type CanaryOptions = {
  /** between two heartbeats, in milliseconds */
  everyMs: number
  /** a line for whoever watches it */
  say: (line: string) => void
}

type Told = { id: string; requested_at?: string; lifted_at?: string | null }

/**
 * A small real agent that makes a drill mean something on an organisation's first day (C33): it holds the stream of halts, proposes a
 * harmless read again and again, stops for a halt, confirms it, and confirms rehearsals without stopping. Runs until aborted.
 */
export async function canary(
  client: CountersignClient,
  { everyMs, say }: CanaryOptions,
  signal: AbortSignal,
): Promise<void> {
  const halts = new Set<string>()
  const confirmed = new Set<string>()
  const confirm = async (told: Told, what: string): Promise<void> => {
    const { id } = told
    const stop = `${id} ${told.requested_at ?? ''}`
    if (confirmed.has(stop)) return
    await client.acknowledge(told).then(
      () => {
        confirmed.add(stop)
        say(`confirmed ${what} ${id}`)
      },
      (error: unknown) => {
        if (!signal.aborted) say(`could not confirm ${id}: ${wordsOf(error)}`)
      },
    )
  }
  const listen = async (): Promise<void> => {
    for await (const { event, data } of client.halts(signal)) {
      if (event === 'state') {
        // every connection begins with everything: what is not in it is over
        const { halts: standing, drills = [] } = data as { halts: Told[]; drills?: Told[] }
        halts.clear()
        for (const { id } of standing) halts.add(id)
        for (const halt of standing) await confirm(halt, 'halt')
        for (const drill of drills) await confirm(drill, 'rehearsal')
      } else if (event === 'engaged') {
        const halt = data as Told
        // it proposes nothing more from here on, so it has stopped when it says so
        halts.add(halt.id)
        await confirm(halt, 'halt')
      } else if (event === 'lifted') {
        halts.delete((data as Told).id)
        say('may go on')
      } else if (event === 'drill') {
        await confirm(data as Told, 'rehearsal')
      }
    }
  }
  const beat = async (): Promise<void> => {
    while (!signal.aborted) {
      if (halts.size === 0)
        await heartbeat(client, () => halts.size === 0).catch((error: unknown) => {
          if (!signal.aborted) say(`not now: ${wordsOf(error)}`)
        })
      await sleep(everyMs, undefined, { signal }).catch(() => undefined)
    }
  }
  await Promise.all([listen(), beat()])
}

/** Proposes the read and reports it, as any agent does with what it may. @param free whether no halt came meanwhile */
async function heartbeat(client: CountersignClient, free: () => boolean): Promise<void> {
  const answer = await client.propose({
    tool: CANARY_TOOL,
    arguments: {},
    reasoning: { summary: 'Says that it lives.' },
  })
  if (answer.grant === null) return
  await client.report(
    answer.id,
    answer.grant.token,
    free() ? { status: 'succeeded', output: 'alive' } : { status: 'aborted' },
  )
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? ((error as Partial<Refusal>).code ?? error.message) : String(error)
