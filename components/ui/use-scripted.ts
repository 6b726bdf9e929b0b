import { useSyncExternalStore } from 'react'

const nothing = () => () => undefined

/** Whether scripts run here: false in what the server sends, so that a page says itself what it cannot do without them. */
export function useScripted(): boolean {
  return useSyncExternalStore(
    nothing,
    () => true,
    () => false,
  )
}
