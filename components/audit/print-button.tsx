'use client'

import { Printer } from 'lucide-react'
import { Icon } from '../ui/icon'

/** Prints the page; without JavaScript the browser's own menu does the same. */
export function PrintButton() {
  return (
    <button type="button" className="btn sm" onClick={() => window.print()}>
      <Icon of={Printer} size="xs" />
      Print
    </button>
  )
}
