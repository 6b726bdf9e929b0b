import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { STAYS } from '@/lib/trials/widen'
import type { WideningView } from '@/lib/trials/widening'
import { Button } from '../ui/button'

/** Gates nobody refused: those that may be widened, with a draft one click away, and those that stay, with the reason. */
export function AttentionWidening({ view }: { view: WideningView }) {
  const candidates = view.gates.filter(({ stays }) => stays === null)
  const staying = view.gates.filter(({ stays }) => stays !== null)
  return (
    <>
      {candidates.length === 0 ? (
        <p>
          None: nothing that only its boundary holds was approved {view.least} times or more in {view.days} days without
          a refusal.
        </p>
      ) : (
        <ul className="rows">
          {candidates.map((gate) => (
            <li key={`${gate.agentId} ${gate.tool}`}>
              <p>
                <Link href={paths.agent(gate.agent)}>{gate.agent}</Link> asked about{' '}
                <span className="mono">{gate.tool}</span> {gate.asked.toLocaleString('en')} times in {view.days} days,
                and nobody refused it.
              </p>
              {gate.mayDraft ? (
                <form method="post" action="/api/console/attention/widening">
                  <input type="hidden" name="agent" value={gate.agent} />
                  <input type="hidden" name="tool" value={gate.tool} />
                  <Button type="submit">Draft what lets exactly this run alone</Button>
                </form>
              ) : (
                <p className="t3 s12">{gate.why}</p>
              )}
            </li>
          ))}
        </ul>
      )}
      {staying.length > 0 && (
        <details>
          <summary>Never refused either, and no candidates ({staying.length})</summary>
          <ul className="rows">
            {staying.map((gate) => (
              <li key={`${gate.agentId} ${gate.tool}`}>
                <Link href={paths.agent(gate.agent)}>{gate.agent}</Link> <span className="mono">{gate.tool}</span>:{' '}
                {gate.stays && STAYS[gate.stays]}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}
