import { spelledOut } from '@/lib/core/hostile'
import type { DrillReport } from '@/lib/halt/drill-report'
import { row } from '../shared/help'

/** A drill as the console lists it. */
export type Drill = {
  id: string
  kind: 'rehearsal' | 'live'
  scope: string
  name: string | null
  state: string
  targetMs: number
  windowMs: number
  askedAt: string
  begunAt: string | null
  report: DrillReport | null
}

/** A drill on a line. */
export function drillLine({ id, kind, scope, name, state, askedAt, report }: Drill): string {
  const what = name === null ? scope : `${scope} ${spelledOut(name)}`
  const found = report === null ? '' : `  ${figures(report)}`
  return `${id}  ${kind.padEnd(9)}  ${askedAt}  ${state.padEnd(8)}  ${what}${found}\n`
}

/** What it measured: the figures, then each agent, who never answered first. */
export function reportText(report: DrillReport): string {
  const { drill, kind, scope, target, figures: of, target_ms: wanted } = report
  const slowest = report.agents.toSorted((a, b) => (b.confirmed_ms ?? Infinity) - (a.confirmed_ms ?? Infinity))
  return [
    row('drill', `${drill}, ${kind}`),
    row('of', target === null ? scope : `${scope} ${spelledOut(target)}`),
    row('confirmed', figures(report)),
    row('median, p95, worst', [of.median, of.p95, of.worst].map(seconds).join(', ')),
    row('target', `${seconds(wanted)}: ${of.met ? 'met' : 'NOT met'}`),
    ...slowest.map(({ agent, confirmed_ms: ms }) => row(agent, ms === null ? 'never answered' : seconds(ms))),
  ].join('')
}

const figures = ({ figures: { agents, confirmed, within } }: DrillReport): string =>
  `${String(confirmed)} of ${String(agents)}, ${String(within)} within the target`

const seconds = (ms: number | null): string => (ms === null ? '—' : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 0)} s`)
