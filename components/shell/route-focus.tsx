'use client'

import { usePathname } from 'next/navigation'
import { useEffect, useRef } from 'react'

/**
 * After a move within the console the focus goes to the new page's headline, as a full load would have done: otherwise it
 * stays on a link that is gone, and a screen reader says nothing. Not on the first page, where the browser begins at the top.
 */
export function RouteFocus() {
  const pathname = usePathname()
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    if (window.location.hash) return
    const headline = document.querySelector<HTMLElement>('main h1')
    if (!headline) return
    headline.tabIndex = -1
    headline.focus({ preventScroll: true })
  }, [pathname])
  return null
}
