'use client'

import { useRef } from 'react'

/** Something wrong in the text; line and column are counted from 1. */
export type Fault = { line: number; column: number; detail: string }

const MOST_ROWS = 40

/**
 * The text of a boundary: a plain textarea (Tab leaves it, as everywhere), line numbers beside it, and under it each fault
 * as a button that puts the cursor where it is.
 */
export function SourceField({
  value,
  faults,
  onChange,
}: {
  value: string
  faults: readonly Fault[]
  onChange: (value: string) => void
}) {
  const text = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const lines = value.split('\n')
  const bad = new Set(faults.map(({ line }) => line))
  const goTo = ({ line, column }: Fault) => {
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
    const field = text.current
    if (field === null) return
    field.focus()
    field.setSelectionRange(start + column - 1, start + (lines[line - 1]?.length ?? column))
    field.scrollTop = (field.scrollHeight / lines.length) * Math.max(0, line - 6)
  }
  return (
    <div className="fld">
      <label htmlFor="f-source">The boundary, as YAML</label>
      <div className="ed" data-invalid={faults.length > 0}>
        <div className="gut" aria-hidden="true">
          <div ref={gutter}>
            {lines.map((_, at) => (
              // A line is its number.
              <span key={at} className={bad.has(at + 1) ? 'bad' : undefined}>
                {at + 1}
              </span>
            ))}
          </div>
        </div>
        <textarea
          id="f-source"
          name="source"
          ref={text}
          value={value}
          rows={Math.min(MOST_ROWS, Math.max(18, lines.length + 2))}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          aria-invalid={faults.length > 0 || undefined}
          aria-describedby={faults.length > 0 ? 'source-faults' : 'source-hint'}
          onChange={(event) => {
            onChange(event.target.value)
          }}
          onScroll={(event) => {
            // The gutter follows the text by the one thing it cannot know itself.
            if (gutter.current)
              gutter.current.style.transform = `translateY(${String(-event.currentTarget.scrollTop)}px)`
          }}
        />
      </div>
      {faults.length > 0 ? (
        <ul className="faults" id="source-faults">
          {faults.map((fault) => (
            <li key={`${String(fault.line)}:${String(fault.column)}:${fault.detail}`}>
              <button
                type="button"
                onClick={() => {
                  goTo(fault)
                }}
              >
                <span>
                  Line {fault.line}, column {fault.column}
                </span>
                <span>{fault.detail}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p className="hint" id="source-hint">
          Ctrl and Enter saves. What the signer sees is exactly this text, comments included.
        </p>
      )}
    </div>
  )
}
