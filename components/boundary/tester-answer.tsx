'use client'

import type { Tested, TestAnswer } from '@/lib/trials/test-call'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'

/** The answer to a tried call: now and with this draft, then every rule that was looked at. */
export function TesterAnswer({
  answer: { tool, draft, inForce },
  stale,
  onJump,
}: {
  answer: TestAnswer
  stale: boolean
  onJump: (rule: string) => void
}) {
  return (
    <div className="tried">
      {stale && <p className="hint">The text has changed since. Try the call again.</p>}
      <h3>
        <span className="mono">
          <HostileText text={tool} />
        </span>
      </h3>
      <dl className="facts">
        <dt>{inForce === null ? 'Now' : `Now, version ${String(inForce.version)}`}</dt>
        <dd>
          {inForce === null ? (
            <>
              <StateWord state="forbid" /> <span className="t3">Nothing is signed yet.</span>
            </>
          ) : (
            <Verdict tested={inForce} />
          )}
        </dd>
        <dt>With this draft</dt>
        <dd>
          <Verdict tested={draft} />
        </dd>
      </dl>
      <Looked tested={draft} onJump={onJump} caption="Every rule of the draft, as it was looked at" />
      {inForce !== null && (
        <details>
          <summary>Every rule of version {inForce.version}</summary>
          <Looked tested={inForce} caption={`Every rule of version ${String(inForce.version)}, as it was looked at`} />
        </details>
      )}
    </div>
  )
}

function Verdict({ tested: { decision, reasons, observed, contained } }: { tested: Tested }) {
  const rules = [...new Set(reasons.map(({ rule, code }) => rule ?? code))]
  return (
    <>
      <StateWord state={decision} /> by <span className="mono">{rules.join(', ')}</span>
      {contained && <span className="t3"> It is contained: only reads in scope answer.</span>}
      {observed !== null && <span className="t3"> It only observes; enforced it would be: {observed.decision}.</span>}
    </>
  )
}

const OUTCOMES = { matched: 'Matched', error: 'Cannot tell', not: 'Does not apply', unasked: 'Not asked' } as const

function Looked({ tested, caption, onJump }: { tested: Tested; caption: string; onJump?: (rule: string) => void }) {
  const rows = tested.looked.toSorted((a, b) => weight(a.outcome) - weight(b.outcome))
  return (
    <div className="tw">
      <table className="looked">
        <caption className="vh">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Verdict</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ rule, outcome, decision, why, step }) => (
            <tr key={`${String(step)} ${rule}`} className={decision === null ? 'quiet' : undefined}>
              <th scope="row" className="mono">
                {onJump !== undefined && IN_TEXT.test(rule) ? (
                  <button
                    type="button"
                    className="lnk"
                    onClick={() => {
                      onJump(rule)
                    }}
                  >
                    {rule}
                  </button>
                ) : (
                  rule
                )}
              </th>
              <td>{decision === null ? OUTCOMES[outcome] : <StateWord state={decision} />}</td>
              <td>
                <HostileText text={why} max={400} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Rules with a place in the draft's own text. */
const IN_TEXT =
  /^(?:never|approval_required|autonomous|surfaces|mcp_scopes|limits|sandbox|protected|expires|review_by|mode)\b/

const weight = (outcome: Tested['looked'][number]['outcome']): number =>
  outcome === 'matched' ? 0 : outcome === 'error' ? 1 : outcome === 'not' ? 2 : 3
