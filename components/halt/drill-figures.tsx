import { figuresInWords, sayMs } from '@/lib/halt/drill'
import type { DrillReport } from '@/lib/halt/drill-report'
import type { DrillDetail } from '@/lib/halt/read-drills'
import { Section } from '../shell/page'

/** What a drill measured against its target, and the ways to take it away. */
export function DrillFigures({ drill, report }: { drill: DrillDetail; report: DrillReport }) {
  const { figures, target_ms: target } = report
  const time = (ms: number | null) => (ms === null ? 'none' : sayMs(ms))
  const file = (format: 'json' | 'csv') => `/api/console/drills/${drill.id}/report?format=${format}`
  return (
    <Section
      id="measured"
      title="Measured"
      aside={figures.met ? 'the target was met' : 'the target was missed'}
      right={
        <>
          <a href={file('json')} download>
            JSON
          </a>{' '}
          <a href={file('csv')} download>
            CSV
          </a>
        </>
      }
    >
      <p>
        {figuresInWords(figures)}. {figures.never > 0 && <b>{figures.never} never answered. </b>}
        {figures.within} within the target of {sayMs(target)}.
      </p>
      <dl className="cnts">
        <div>
          <dt>Median</dt>
          <dd>{time(figures.median)}</dd>
        </div>
        <div>
          <dt>95 of 100 within</dt>
          <dd>{time(figures.p95)}</dd>
        </div>
        <div>
          <dt>Worst</dt>
          <dd>{time(figures.worst)}</dd>
        </div>
        <div className={figures.never > 0 ? 'un' : undefined}>
          <dt>Never answered</dt>
          <dd>{figures.never}</dd>
        </div>
      </dl>
      <p className="under">
        Times are each agent’s own word, from{' '}
        {drill.kind === 'live' ? 'when the halt was in force' : 'when the rehearsal began'} to when its confirmation was
        recorded. The report is an entry of the ledger.
      </p>
    </Section>
  )
}
