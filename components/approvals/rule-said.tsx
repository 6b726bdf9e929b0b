import { paths } from '@/lib/core/paths'
import type { HeldBy } from '@/lib/decisions/request'

/** A rule in the text that was signed, with the way to where it stands. */
export function RuleSaid({ of }: { of: HeldBy }) {
  const at = `${paths.boundary(of.of, of.version)}?view=source${of.line === null ? '' : `#L${of.line}`}`
  return (
    <span className="rule">
      {/* a page of its own and no step within this one: only then is the line the target of the address, and marked */}
      <a href={at}>
        {of.of === 'baseline' ? 'The baseline' : 'Its boundary'}, version {of.version}
        {of.line !== null && `, line ${of.line}`}
      </a>
      {of.text !== null && <code>{of.text}</code>}
    </span>
  )
}
