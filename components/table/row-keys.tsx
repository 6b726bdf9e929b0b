'use client'

import type { KeyboardEvent, ReactNode } from 'react'

/** Lets j and k move the focus along the links of rows, only while it is among them (WCAG 2.1.4); Enter opens, as on any link. */
export function RowKeys({ children }: { children: ReactNode }) {
  return (
    // The keys are those of the links inside, bubbling up: this element takes no focus.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div onKeyDown={moveFocus}>{children}</div>
  )
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.metaKey || event.ctrlKey || event.altKey || event.nativeEvent.isComposing) return
  const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0
  if (step === 0) return
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('tbody th[scope="row"] a')]
  const at = links.findIndex((link) => link === document.activeElement)
  links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus()
  event.preventDefault()
}
