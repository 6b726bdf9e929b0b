'use client'

import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react'
import { asField } from '@/lib/audit/term-choices'
import { filterFor, filterOut } from '@/lib/audit/term-edit'
import { printTerms } from '@/lib/audit/term-print'
import type { Field, Terms } from '@/lib/audit/term'
import { auditPath, topOf, type Address } from '@/lib/audit/view-address'

type Over = { field: Field; value: string; top: number; right: number }

/**
 * What the keys and the pointer do in the list: j and k, or the arrows, move from row to row, Enter opens one beside it, and Enter on
 * the open one leads into it. Over a cell stand the two ways to filter by what it holds; the panel has them for the keyboard.
 */
export function RowKeys({ terms, address, children }: { terms: Terms; address: Address; children: ReactNode }) {
  const [over, setOver] = useState<Over | null>(null)
  const href = (next: Terms) => auditPath({ ...topOf(address), q: printTerms(next) })
  return (
    // The rows are links; these are shortcuts along them.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="rowk"
      onKeyDown={onKeyDown}
      onPointerOver={(event) => setOver((now) => cellUnder(event, now))}
      onPointerLeave={() => setOver(null)}
    >
      {children}
      {over && (
        <span className="cellf" ref={(element) => place(element, over)}>
          <a
            href={href(filterFor(terms, over.field, over.value))}
            title={`Only this ${over.field}`}
            aria-label={`Filter for this ${over.field}`}
            tabIndex={-1}
          >
            +
          </a>
          <a
            href={href(filterOut(terms, over.field, over.value))}
            title={`Without this ${over.field}`}
            aria-label={`Filter out this ${over.field}`}
            tabIndex={-1}
          >
            −
          </a>
        </span>
      )}
    </div>
  )
}

function place(element: HTMLElement | null, { top, right }: Over): void {
  // set through the object model: the content security policy takes no inline style
  element?.style.setProperty('top', `${top}px`)
  element?.style.setProperty('right', `${right}px`)
}

function cellUnder(event: PointerEvent<HTMLElement>, now: Over | null): Over | null {
  if (event.pointerType === 'touch') return null
  const target = event.target as Element
  if (target.closest('.cellf')) return now
  const cell = target.closest<HTMLElement>('td[data-field]')
  const field = asField(cell?.dataset.field ?? '')
  if (!cell || field === null) return null
  const [box, around] = [cell.getBoundingClientRect(), event.currentTarget.getBoundingClientRect()]
  return { field, value: cell.dataset.value ?? '', top: box.top - around.top + 2, right: around.right - box.right + 2 }
}

function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
  if (event.metaKey || event.ctrlKey || event.altKey || event.shiftKey || event.nativeEvent.isComposing) return
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('a[data-row]')]
  const at = links.findIndex((link) => link === document.activeElement)
  if (at < 0) return
  const step = ['j', 'ArrowDown'].includes(event.key) ? 1 : ['k', 'ArrowUp'].includes(event.key) ? -1 : 0
  if (step !== 0) {
    event.preventDefault()
    links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus()
  } else if (event.key === 'Enter' && links[at]?.ariaCurrent === 'true') {
    event.preventDefault()
    document.querySelector<HTMLElement>('#open-entry')?.focus()
  }
}
