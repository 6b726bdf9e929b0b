import Link from 'next/link'
import type { Overruled } from '@/lib/boundary/overruled'
import { paths } from '@/lib/core/paths'
import { Note } from '../ui/banner'

const MOST = 6

/** Beside a text that is being drafted: what of it the baseline in force overrules, so that nobody signs what will not happen. */
export function OverruledNote({ of, baseline }: { of: readonly Overruled[]; /** its version */ baseline: number }) {
  if (of.length === 0) return null
  return (
    <div className="before">
      <Note tone="hold">
        <b>
          <Link href={paths.boundary('baseline', baseline)}>The organisation’s baseline</Link> overrules{' '}
          {of.length === 1 ? 'one clause' : `${String(of.length)} clauses`} of this text, as it was last saved:
        </b>
        <ul className="clauses">
          {of.slice(0, MOST).map(({ clause, subject, says, by }) => (
            <li key={`${clause} ${subject} ${by}`}>
              <code>{clause}</code>: <span className="mono any">{subject}</span> {says}, by <code>{by}</code>.
            </li>
          ))}
          {of.length > MOST && <li>And {of.length - MOST} more.</li>}
        </ul>
      </Note>
    </div>
  )
}
