import type { Grade } from '@/lib/agents/grade'
import type { StoppingAgent, StoppingRun } from '@/lib/halt/stops'
import { sayLength } from '../ui/time-words'

/** A run under a halt, as its page is given it. `run` is `run_…`; `host` is the agent's own word. */
export type RunStanding = StoppingRun & { run: string; host: string | null }

/** An agent under a halt: when it was asked to stop, when it said it did, if so, and the runs it has to stop. Times are ms since 1970. */
export type AgentStanding = Pick<StoppingAgent, 'acknowledgedAt' | 'unlisted'> & {
  slug: string
  requestedAt: number
  /** how well a halt holds it */ grade: Grade | null
  owner: { id: string; name: string }
  runs: readonly RunStanding[]
}

/** What an agent said of itself and of its runs. */
export function saysWords({ acknowledgedAt, runs, unlisted }: AgentStanding): string {
  const listed = runs.filter(({ stoppedAt, closedAt }) => stoppedAt !== null || closedAt !== null).length
  const over = listed + (unlisted?.answered ?? 0)
  const all = runs.length + (unlisted?.answered ?? 0) + (unlisted?.silent ?? 0)
  if (over < all) return over === 0 && acknowledgedAt === null ? 'nothing yet' : `${over} of ${count(all)} stopped`
  if (acknowledgedAt === null) return 'nothing yet'
  return all === 0 ? 'nothing was running' : `${count(all)} stopped`
}

/** The runs of one agent that are not drawn; null where all are. `drawn` of the listed ones are. */
export function moreWords(agent: AgentStanding, drawn: number): string | null {
  const { silent, answered } = agent.unlisted ?? { silent: 0, answered: 0 }
  const more = agent.runs.length - drawn + silent + answered
  if (more <= 0) return null
  return `${more} more ${more === 1 ? 'run' : 'runs'}${silent > 0 ? `, ${silent} of them without an answer` : ''}`
}

/** What is known of one run. That its lease ended is no word of anybody. */
export function runWords({ stoppedAt, closedAt, leaseUntil, renews }: StoppingRun, now: number): string {
  if (stoppedAt !== null) return 'stopped'
  if (closedAt !== null) return 'ended'
  if (leaseUntil > now) return renews ? 'its lease still runs' : 'nothing yet'
  return 'its lease ended'
}

/** How long it took from the moment of the halt, in words. */
export function took(from: number, to: number): string {
  const ms = Math.max(to - from, 0)
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : sayLength(ms)
}

const count = (runs: number): string => (runs === 1 ? '1 run' : `${runs} runs`)
