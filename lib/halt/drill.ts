import { HALTS, type HaltScope } from './halt'

/** `rehearsal`: agents are told and confirm as if real, and nothing stops. `live`: a real halt, lifted once it has been measured. */
export const DRILL_KINDS = ['rehearsal', 'live'] as const
export type DrillKind = (typeof DRILL_KINDS)[number]

/** What can be drilled, widest first: the halts under which whole agents stop. */
export const DRILL_SCOPES = ['organisation', 'environment', 'team', 'agent'] as const satisfies readonly HaltScope[]
export type DrillScope = (typeof DRILL_SCOPES)[number]

/** `planned`: a live one that waits for its second person. The others are how it ended (`drill_ended`). */
export const DRILL_ENDS = ['measured', 'kept', 'refused', 'lapsed', 'prevented'] as const
export type DrillEnd = (typeof DRILL_ENDS)[number]
export type DrillState = 'planned' | 'running' | DrillEnd

/** How long a drill waits for agents at most, in milliseconds: it ends sooner when all have confirmed. */
export const WINDOWS_MS = [15_000, 60_000, 300_000, 900_000] as const
export const DEFAULT_WINDOW_MS = 60_000

/** The field of a request that names which, for scopes of which there are several. */
export const namedBy = (scope: DrillScope): 'environment' | 'team' | 'agent' | null => HALTS[scope].named

/** One agent of a drill: how long after its beginning it confirmed, in milliseconds; null: not (yet). */
export type Measured = { agent: string; ms: number | null }

/** Times are milliseconds, over those that confirmed; null where nobody did. */
export type Figures = {
  agents: number
  confirmed: number
  never: number
  median: number | null
  p95: number | null
  worst: number | null
  /** how many confirmed within the target */
  within: number
  /** everybody confirmed, within the target */
  met: boolean
}

/** What a drill measured, against a target in milliseconds. Percentiles by nearest rank: each is a time some agent really took. */
export function figuresOf(agents: readonly Measured[], targetMs: number): Figures {
  const times = agents.flatMap(({ ms }) => (ms === null ? [] : [ms])).toSorted((a, b) => a - b)
  const rank = (share: number) => times[Math.max(0, Math.ceil(share * times.length) - 1)] ?? null
  const within = times.filter((ms) => ms <= targetMs).length
  return {
    agents: agents.length,
    confirmed: times.length,
    never: agents.length - times.length,
    median: rank(0.5),
    p95: rank(0.95),
    worst: times.at(-1) ?? null,
    within,
    met: agents.length > 0 && within === agents.length,
  }
}

/** Whether a running drill is over: everybody has confirmed, or its time is up. */
export function isOver(begunAt: Date, windowMs: number, missing: number, now: Date): boolean {
  return missing === 0 || now.getTime() >= begunAt.getTime() + windowMs
}

/** `9 of 10 agents confirmed, the last after 1.2 s`. */
export function figuresInWords({ agents, confirmed, worst }: Figures): string {
  const who = `${confirmed.toLocaleString('en')} of ${agents.toLocaleString('en')} ${agents === 1 ? 'agent' : 'agents'} confirmed`
  return worst === null ? who : `${who}, the last after ${sayMs(worst)}`
}

/** A measured time as people read it: `840 ms`, `1.2 s`, `15 s`; number and unit stay on one line. */
export function sayMs(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))}\u00a0ms`
  return `${ms < 60_000 && ms % 1_000 !== 0 ? (ms / 1_000).toFixed(1) : String(Math.round(ms / 1_000))}\u00a0s`
}
