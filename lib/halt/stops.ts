import { confirmation, stopsAgent, type Confirmation } from './halt'

/** Why a confirmation was refused: closed, and Postgres checks it. */
export type WordRefusal = 'not_covered' | 'foreign_run'

/** What can come of a stop that was requested (C31): somebody's word that it stopped, or too long a silence. */
export type StopEvent = 'word' | 'silence'

/**
 * The states of a stop, per agent and per run. A word that comes late still counts, and nothing takes a word back.
 */
export const STOP_STATES: Readonly<Record<Confirmation, Readonly<Record<StopEvent, Confirmation>>>> = {
  requested: { word: 'confirmed', silence: 'unconfirmed' },
  unconfirmed: { word: 'confirmed', silence: 'unconfirmed' },
  confirmed: { word: 'confirmed', silence: 'confirmed' },
}

/** Those that need somebody first. */
export const STOP_ORDER: Readonly<Record<Confirmation, number>> = { unconfirmed: 0, requested: 1, confirmed: 2 }

/** One run a halt has to stop. Times are ms since 1970. */
export type StoppingRun = {
  openedAt: number
  /** when its agent said, under this halt, that it stopped */
  stoppedAt: number | null
  /** when its agent ended it: its word, too */
  closedAt: number | null
  leaseUntil: number
  renews: boolean
}

/**
 * Runs of an agent under a halt that are in no list, since there are more than it holds: counted, so that none of them is taken for one that answered.
 * Times are ms since 1970: when the first silent run of the agent was asked, and the last word of one that answered.
 */
export type UnlistedRuns = { silent: number; answered: number; silentSince: number | null; wordAt: number | null }

/** What of an agent is told under a halt. `unlisted`: runs beside `runs`; null where those are all. Times are ms since 1970. */
export type StoppingAgent = {
  acknowledgedAt: number | null
  runs: readonly StoppingRun[]
  unlisted: UnlistedRuns | null
}

/** Where a stop stands: `at` is when it was confirmed. */
export type Stopped = { state: Confirmation; at: number | null }

/**
 * Whether a halt has to stop a run: it was alive when its agent was asked to stop, or began later all the same, and the halt is of the agent as a
 * whole or of this run. A halt of a tool or a server stops calls; runs go on.
 */
export function mustStop(
  halt: { scope: string; target: string; requestedAt: number },
  run: Pick<StoppingRun, 'closedAt' | 'leaseUntil'> & { id: string },
): boolean {
  const alive = run.leaseUntil > halt.requestedAt && (run.closedAt === null || run.closedAt > halt.requestedAt)
  if (!alive) return false
  return halt.scope === 'run' ? halt.target === run.id : stopsAgent(halt.scope)
}

/**
 * Where one run stands under a halt. Its end is a word; that its lease ended is none: a client that keeps the rule has stopped by then, and
 * nobody said that this one did.
 */
export function stopOfRun(run: StoppingRun, requestedAt: number, now: number): Stopped {
  const words = [run.stoppedAt, run.closedAt].filter((at) => at !== null)
  const at = words.length === 0 ? null : Math.max(requestedAt, Math.min(...words))
  return settled(Math.max(requestedAt, run.openedAt), at, now)
}

/**
 * Where an agent stands under a halt: confirmed once it said so and each of its runs is confirmed. One process that answers does not speak
 * for another that is silent.
 */
export function stopOfAgent(agent: StoppingAgent, requestedAt: number, now: number): Stopped {
  const own = settled(requestedAt, agent.acknowledgedAt, now)
  const all = [own, ...agent.runs.map((run) => stopOfRun(run, requestedAt, now)), ...unlistedStops(agent.unlisted, now)]
  const worst = all.reduce((so, one) => (STOP_ORDER[one.state] < STOP_ORDER[so.state] ? one : so))
  if (worst.state !== 'confirmed') return { state: worst.state, at: null }
  return { state: 'confirmed', at: Math.max(...all.map(({ at }) => at ?? requestedAt)) }
}

/**
 * Agents under a halt that are on no page somebody reads, in counts. `waiting`: how many were asked when, in ms since 1970, and had time left to answer as
 * they were counted.
 */
export type AgentsBeyond = {
  confirmed: number
  unconfirmed: number
  waiting: readonly { since: number; agents: number }[]
}

/** How many of them stand where at a moment: silence turns into no answer for them, too. */
export function standBeyond(
  { confirmed, unconfirmed, waiting }: AgentsBeyond,
  now: number,
): Record<Confirmation, number> {
  const counts = { confirmed, unconfirmed, requested: 0 }
  for (const { since, agents } of waiting) counts[settled(since, null, now).state] += agents
  return counts
}

function unlistedStops(unlisted: UnlistedRuns | null, now: number): Stopped[] {
  if (unlisted === null) return []
  const { silent, silentSince, answered, wordAt } = unlisted
  return [
    ...(silent > 0 ? [settled(silentSince ?? 0, null, now)] : []),
    ...(answered > 0 ? [{ state: 'confirmed' as const, at: wordAt }] : []),
  ]
}

function settled(since: number, at: number | null, now: number): Stopped {
  const silence = confirmation(new Date(since), null, new Date(now))
  const state = at === null ? silence : STOP_STATES[silence].word
  return { state, at: state === 'confirmed' ? at : null }
}
