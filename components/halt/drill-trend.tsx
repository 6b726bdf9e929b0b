import { figuresInWords, sayMs } from '@/lib/halt/drill'
import type { DrillReport } from '@/lib/halt/drill-report'
import { sayDay } from '../ui/time-words'

/**
 * The time to halt over drills, oldest first: each as high as its worst time, with a mark at its median and a line at its target. A drill some agent
 * never answered reaches the top. Every number of it stands in the table below.
 */
export function DrillTrend({ reports, now }: { reports: readonly DrillReport[]; now: Date }) {
  const worst = Math.max(0, ...reports.map(({ figures }) => figures.worst ?? 0))
  const targets = Math.max(...reports.map((report) => report.target_ms))
  // a target far above all that was measured would press every bar to the ground; then its line is left out and said
  const shown = worst === 0 || targets <= 4 * worst
  const most = (shown ? Math.max(worst, targets) : worst) * 1.15
  const y = (ms: number) => 100 - (100 * ms) / most
  const [first, last] = [reports[0], reports.at(-1)]
  if (first === undefined || last === undefined) return null
  return (
    <figure className="chart">
      <div className="ax" aria-hidden="true">
        <span>{sayMs(most)}</span>
        <span>worst</span>
      </div>
      <svg
        className="hist trend"
        viewBox={`0 0 ${reports.length * 10} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Time to halt over ${reports.length} ${reports.length === 1 ? 'drill' : 'drills'}. The last: ${figuresInWords(last.figures)}, against a target of ${sayMs(last.target_ms)}.`}
      >
        {reports.map((report, at) => (
          <Drill key={report.drill} report={report} x={at * 10} y={y} goal={shown} now={now} />
        ))}
      </svg>
      <div className="ticks" aria-hidden="true">
        <span>{sayDay(new Date(first.begun_at), now)}</span>
        {reports.length > 1 && <span>{sayDay(new Date(last.begun_at), now)}</span>}
      </div>
      {!shown && <p className="under">The target of {sayMs(targets)} lies above the picture.</p>}
    </figure>
  )
}

function Drill({
  report,
  x,
  y,
  goal,
  now,
}: {
  report: DrillReport
  x: number
  y: (ms: number) => number
  /** draws the line of the target */ goal: boolean
  now: Date
}) {
  const { figures, target_ms: target, begun_at: at } = report
  const top = figures.never > 0 ? 0 : y(figures.worst ?? 0)
  return (
    <g>
      <title>{`${sayDay(new Date(at), now)}: ${figuresInWords(figures)}, target ${sayMs(target)}`}</title>
      <rect className={figures.met ? 'a' : 'h'} x={x + 0.8} y={top} width={8.4} height={Math.max(1, 100 - top)} />
      {figures.median !== null && <rect className="mid" x={x + 0.8} y={y(figures.median)} width={8.4} height={3} />}
      {goal && <rect className="goal" x={x} y={y(target)} width={10} height={1.5} />}
    </g>
  )
}
