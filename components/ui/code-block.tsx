import { TriangleAlert } from 'lucide-react'
import { Fragment } from 'react'
import { HostileText } from './hostile-text'
import { Icon } from './icon'

/** Something wrong on one line, counted from 1, as the parser of the boundary counts. */
export type CodeMark = { line: number; column?: number; detail: string }

/** Source with line numbers, and under a line that is wrong, why. A mark past the end stands under the last line. */
export function CodeBlock({
  source,
  label,
  marks = [],
  anchors,
}: {
  source: string
  label: string
  marks?: readonly CodeMark[]
  /** each line has an id, `L1` and so on; only one block of a page may */
  anchors?: boolean
}) {
  const lines = source.replace(/\n$/, '').split('\n')
  return (
    <div className="codeb" role="region" aria-label={label} tabIndex={0}>
      {lines.map((line, at) => {
        const here = marks.filter((mark) => Math.min(Math.max(mark.line, 1), lines.length) === at + 1)
        return (
          // a line is its number
          <Fragment key={at}>
            <code className={here.length > 0 ? 'bad' : undefined} id={anchors ? `L${at + 1}` : undefined}>
              <span className="ln" aria-hidden="true">
                {at + 1}
              </span>
              <HostileText text={line} max={2_000} />
            </code>
            {here.map((mark) => (
              <span className="why" key={`${mark.column ?? 0}${mark.detail}`}>
                <Icon of={TriangleAlert} size="xs" />
                <span>
                  Line {mark.line}
                  {mark.column !== undefined && `, column ${mark.column}`}: {mark.detail}
                </span>
              </span>
            ))}
          </Fragment>
        )
      })}
    </div>
  )
}
