'use client'

import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react'
import type { Offers } from './completion'

/** Something wrong in the text; line and column are counted from 1. `path` is `approval_required[1].when`. */
export type Fault = { line: number; column: number; detail: string; path?: string }

/** What others make the text do: put the cursor somewhere. */
export type SourceHandle = { goTo: (place: { line: number; column: number }) => void; focus: () => void }

const MOST_ROWS = 40

/**
 * The text of a boundary: a plain textarea (Tab leaves it, as everywhere), line numbers beside it, under it each fault as a button
 * that puts the cursor where it is, and what could be written at the cursor, chosen by arrows and Enter.
 */
export function SourceField({
  value,
  faults,
  offersAt,
  onChange,
  ref,
}: {
  value: string
  faults: readonly Fault[]
  /** what could be written at an offset; absent until completion is there */
  offersAt?: (source: string, at: number) => Offers | null
  onChange: (value: string) => void
  ref?: Ref<SourceHandle>
}) {
  const text = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const cursor = useRef<number | null>(null)
  const [open, setOpen] = useState<(Offers & { at: number; chosen: number; top: number; left: number }) | null>(null)
  const listId = useId()
  const lines = value.split('\n')
  const bad = new Set(faults.map(({ line }) => line))

  const goTo = ({ line, column }: { line: number; column: number }) => {
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
    const field = text.current
    if (field === null) return
    field.focus()
    field.setSelectionRange(start + column - 1, start + (lines[line - 1]?.length ?? column))
    field.scrollTop = (field.scrollHeight / lines.length) * Math.max(0, line - 6)
  }
  useImperativeHandle(ref, () => ({ goTo, focus: () => text.current?.focus() }))
  // A completed word moves the cursor behind it, once the text is there.
  useLayoutEffect(() => {
    if (cursor.current === null) return
    text.current?.setSelectionRange(cursor.current, cursor.current)
    cursor.current = null
  })

  const offer = (field: HTMLTextAreaElement, asked: boolean) => {
    const at = field.selectionStart
    const found = at === field.selectionEnd ? (offersAt?.(field.value, at) ?? null) : null
    const wanted = found !== null && (asked || at > found.from)
    setOpen(wanted ? { ...found, at, chosen: asked ? 0 : -1, ...placeOf(field, found.from) } : null)
  }
  const take = (insert: string) => {
    if (open === null) return
    cursor.current = open.from + insert.length
    onChange(value.slice(0, open.from) + insert + value.slice(open.at))
    setOpen(null)
    text.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault()
      offer(event.currentTarget, true)
      return
    }
    if (open === null || event.ctrlKey || event.metaKey || event.altKey) return
    const count = open.offers.length
    const chosen = open.offers[open.chosen]
    if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') event.preventDefault()
      setOpen(null)
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      setOpen({ ...open, chosen: (Math.max(open.chosen, step > 0 ? -1 : 0) + step + count) % count })
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault()
      take(chosen.insert)
    }
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
        <div className="ed-t">
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
            aria-autocomplete="list"
            aria-controls={open === null ? undefined : listId}
            aria-activedescendant={open === null || open.chosen < 0 ? undefined : `${listId}-${String(open.chosen)}`}
            aria-describedby={faults.length > 0 ? 'source-faults source-hint' : 'source-hint'}
            onChange={(event) => {
              onChange(event.target.value)
              offer(event.target, false)
            }}
            onKeyDown={onKeyDown}
            onBlur={() => {
              setOpen(null)
            }}
            onClick={() => {
              setOpen(null)
            }}
            onScroll={(event) => {
              setOpen(null)
              // The gutter follows the text by the one thing it cannot know itself.
              if (gutter.current)
                gutter.current.style.transform = `translateY(${String(-event.currentTarget.scrollTop)}px)`
            }}
          />
          {open !== null && (
            <div
              className="offers"
              role="listbox"
              id={listId}
              aria-label="What could be written here"
              style={{ top: open.top, left: open.left }}
            >
              {open.offers.map(({ insert, says }, at) => (
                // The keys are the field's own: focus stays in the text.
                // eslint-disable-next-line jsx-a11y/click-events-have-key-events
                <div
                  key={insert}
                  id={`${listId}-${String(at)}`}
                  role="option"
                  aria-selected={at === open.chosen}
                  tabIndex={-1}
                  onMouseDown={(event) => {
                    event.preventDefault()
                  }}
                  onClick={() => {
                    take(insert)
                  }}
                >
                  <span className="mono">{insert}</span>
                  <span className="t3">{says}</span>
                </div>
              ))}
            </div>
          )}
        </div>
      </div>
      <p className="vh" role="status">
        {open === null ? '' : `${String(open.offers.length)} suggestions: arrow keys and Enter.`}
      </p>
      {faults.length > 0 && (
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
      )}
      <p className="hint" id="source-hint">
        Ctrl and Enter saves. Ctrl and space completes; Tab leaves the text. What the signer sees is exactly this text,
        comments included.
      </p>
    </div>
  )
}

/** Where a list under a place in the text begins: the text is in one width and never wraps, so columns are enough. */
function placeOf(field: HTMLTextAreaElement, at: number): { top: number; left: number } {
  const before = field.value.slice(0, at).split('\n')
  const style = getComputedStyle(field)
  const height = Number.parseFloat(style.lineHeight)
  const width = Number.parseFloat(style.fontSize) * 0.602
  const top = Number.parseFloat(style.paddingTop) + before.length * height - field.scrollTop
  const left = Number.parseFloat(style.paddingLeft) + (before.at(-1)?.length ?? 0) * width - field.scrollLeft
  return { top, left: Math.max(0, Math.min(left, field.clientWidth - 240)) }
}
