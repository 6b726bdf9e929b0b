'use client'

import { useCallback, useEffect, useSyncExternalStore } from 'react'

/** The ways to read a version. Somebody who signs has looked at all three. */
export const VIEWS = ['effect', 'rules', 'source'] as const
export type View = (typeof VIEWS)[number]

const KEY = 'countersign-viewed:'
const CHANGED = 'countersign-viewed'

/** What this tab of the browser has shown of a digest: another text has another digest, and begins at nothing. */
export function useViewed(digest: string): ReadonlySet<View> | null {
  const subscribe = useCallback((tell: () => void) => {
    window.addEventListener(CHANGED, tell)
    return () => {
      window.removeEventListener(CHANGED, tell)
    }
  }, [])
  const said = useSyncExternalStore(
    subscribe,
    () => sessionStorage.getItem(KEY + digest) ?? '',
    // On the server, and without JavaScript, nobody can know: the panel then leaves it out.
    () => null,
  )
  return said === null ? null : new Set(VIEWS.filter((view) => said.split(' ').includes(view)))
}

/** Notes that a view of a digest was on screen. */
export function useMarkViewed(digest: string, view: View): void {
  useEffect(() => {
    const said = new Set((sessionStorage.getItem(KEY + digest) ?? '').split(' ').filter(Boolean))
    if (said.has(view)) return
    sessionStorage.setItem(KEY + digest, [...said, view].join(' '))
    window.dispatchEvent(new Event(CHANGED))
  }, [digest, view])
}
