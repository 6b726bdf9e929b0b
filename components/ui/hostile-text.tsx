import { type HostileSegment, spellOut } from '@/lib/core/hostile'
import { classNames } from './class-names'

/** What scrolls must be reachable by keyboard, and named. */
const SCROLLS = { tabIndex: 0, role: 'group', 'aria-label': 'Long text' } as const

/**
 * Text an agent, a tool or a stranger supplied. Always data: never markup, never a link, its direction kept inside it, every
 * invisible character spelled out, and every word that mixes scripts marked. Beyond `max` characters it becomes a box that
 * scrolls, whole. Only phrasing elements are used, so that it may stand in a paragraph or a table cell however long it is.
 */
export function HostileText({ text, max = 2_000 }: { text: string; max?: number }) {
  const long = text.length > max
  return (
    <bdi className={classNames('hostile', long && 'long')} {...(long && SCROLLS)}>
      {spellOut(text).map((segment, at) =>
        // The position is the identity of a segment: nothing is ever inserted between two of them.
        segment.kind === 'text' ? segment.text : <Mark of={segment} key={at} />,
      )}
    </bdi>
  )
}

function Mark({ of: segment }: { of: Exclude<HostileSegment, { kind: 'text' }> }) {
  if (segment.kind === 'mixed')
    return (
      <span className="mix">
        {segment.text}
        <span className="inv" title="letters that are taken for others">
          {segment.scripts}
        </span>
      </span>
    )
  return (
    <span className="inv" title="invisible character made visible">
      {segment.code}
      {segment.count > 1 && ` ×${segment.count}`}
      {segment.hidden !== undefined && ` hides “${segment.hidden}”`}
    </span>
  )
}
