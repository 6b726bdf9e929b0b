'use client'

import { useRouter } from 'next/navigation'
import { createContext, type MouseEvent, type ReactNode, useContext, useTransition } from 'react'
import { useZone } from '../ui/clock'
import { sayClock } from '../ui/time-words'

const Go = createContext<((href: string) => void) | null>(null)

/**
 * Every move within the audit: the rows that stand stay until the next ones are here, under a thin bar that says as of when they
 * are. Links below stay links; this only takes over their plain clicks.
 */
export function ExplorerNav({ asOf, children }: { asOf: string; children: ReactNode }) {
  const router = useRouter()
  const zone = useZone()
  const [pending, start] = useTransition()
  const go = (href: string) => start(() => router.push(href, { scroll: false }))
  const take = (event: MouseEvent<HTMLElement>) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || link.target !== '' || link.hasAttribute('download') || link.hash !== '') return
    const href = link.getAttribute('href') ?? ''
    if (!/^\/audit(\?|$)/u.test(href)) return
    event.preventDefault()
    go(href)
  }
  return (
    <Go value={go}>
      {/* The clicks are those of links, which the keyboard makes too. */}
      {}
      <div className="explorer" aria-busy={pending} onClickCapture={take}>
        <p className="asof" role="status">
          {pending && `Reading. What stands below is as of ${sayClock(new Date(asOf), zone)}.`}
        </p>
        {children}
      </div>
    </Go>
  )
}

/** Goes to another view of the audit. Only inside `ExplorerNav`. */
export function useGo(): (href: string) => void {
  const go = useContext(Go)
  if (!go) throw new Error('useGo is for components inside ExplorerNav')
  return go
}
