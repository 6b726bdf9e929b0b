'use client'

import { useRouter } from 'next/navigation'
import {
  createContext,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useContext,
  useEffect,
  useTransition,
} from 'react'
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
    closeDrops()
    go(href)
  }
  useEffect(() => {
    const outside = ({ target }: Event) => closeDrops(target instanceof Node ? target : null)
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [])
  return (
    <Go value={go}>
      {/* The clicks are those of links, which the keyboard makes too; the key closes a menu. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div className="explorer" aria-busy={pending} onClickCapture={take} onKeyDown={closeByKey}>
        <p className="asof" role="status">
          {pending && `Reading. What stands below is as of ${sayClock(new Date(asOf), zone)}.`}
        </p>
        {children}
      </div>
    </Go>
  )
}

/** Closes what was dropped open, but for the one something lies in. */
function closeDrops(within: Node | null = null): void {
  for (const drop of document.querySelectorAll<HTMLDetailsElement>('.explorer details.drop[open]'))
    if (!within || !drop.contains(within)) drop.open = false
}

/** Escape closes a menu and gives the focus back to what opened it. */
function closeByKey(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'Escape' || event.defaultPrevented) return
  const drop = (event.target as Element).closest<HTMLDetailsElement>('details.drop[open]')
  if (!drop) return
  event.preventDefault()
  drop.open = false
  drop.querySelector('summary')?.focus()
}

/** Goes to another view of the audit. Only inside `ExplorerNav`. */
export function useGo(): (href: string) => void {
  const go = useContext(Go)
  if (!go) throw new Error('useGo is for components inside ExplorerNav')
  return go
}
