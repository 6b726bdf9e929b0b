import { HostileText } from './hostile-text'
import { type DiffLine, lineDiff } from '@/lib/boundary/line-diff'

/** Lines kept around a change, so that a reader sees where it stands. */
const AROUND = 3

const SIGN = { same: ' ', removed: '-', added: '+' } as const
const SPOKEN = { same: '', removed: 'removed: ', added: 'added: ' } as const
const LOOK = { same: undefined, removed: 'd', added: 'a' } as const

/**
 * Two versions of a source, line by line: added in ink, struck in grey, so that an added *never* does not look like an
 * allow. Stretches without a change are folded into a count.
 */
export function YamlDiff({ before, after, label }: { before: string; after: string; label: string }) {
  return (
    <div className="codeb diff" role="region" aria-label={label} tabIndex={0}>
      {fold(lineDiff(before, after)).map((part) =>
        'skipped' in part ? (
          <span className="h" key={part.key}>
            {part.skipped} {part.skipped === 1 ? 'line' : 'lines'} unchanged
          </span>
        ) : (
          <code className={LOOK[part.line.kind]} key={part.key}>
            <span className="sgn" aria-hidden="true">
              {SIGN[part.line.kind]}{' '}
            </span>
            <span className="vh">{SPOKEN[part.line.kind]}</span>
            <HostileText text={part.line.text} max={2_000} />
          </code>
        ),
      )}
    </div>
  )
}

type Part = { key: number; line: DiffLine } | { key: number; skipped: number }

function fold(lines: readonly DiffLine[]): Part[] {
  const near = (at: number) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some((line) => line.kind !== 'same')
  const parts: Part[] = []
  lines.forEach((line, key) => {
    const last = parts.at(-1)
    if (near(key)) parts.push({ key, line })
    else if (last && 'skipped' in last) last.skipped += 1
    else parts.push({ key, skipped: 1 })
  })
  return parts
}
