'use client'

import type { KeyboardEvent, ReactNode } from 'react'
import { useGo } from './explorer-nav'

/** Escape closes what is open beside the list and gives the focus back to its row. */
export function PanelKeys({ close, row, children }: { close: string; row: string; children: ReactNode }) {
  const go = useGo()
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    document.querySelector<HTMLElement>(`a[data-row="${CSS.escape(row)}"]`)?.focus()
    go(close)
  }
  return (
    // A shortcut beside the link that closes it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="side" onKeyDown={onKeyDown}>
      {children}
    </div>
  )
}
