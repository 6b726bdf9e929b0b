'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent } from 'react'
import { postJson } from '../shell/api'
import { useHeard } from '../shell/live'
import { canShow, show, type OnScreen } from './screen'

const NAME = 'countersign-notifications'
/** A word of the stream may be lost with it; nothing waits longer than this while a page is open. */
const LOOK_EVERY = 60_000

/**
 * Shows what waits for this person in the one tab of the browser that leads: also while nobody looks at it, which is when it matters. Says
 * which were shown, so that no other browser shows them again.
 */
export function ScreenNotifier() {
  const router = useRouter()
  const open = useEffectEvent((path: string) => {
    router.push(path)
  })
  const heard = useHeard('notifications')
  useEffect(() => {
    if (!('locks' in navigator)) return
    const abort = new AbortController()
    const lead = () =>
      new Promise<void>((resolve) => {
        const look = gathered(() => take(open, abort.signal))
        const unhear = heard(look)
        const timer = setInterval(look, LOOK_EVERY)
        look()
        abort.signal.addEventListener('abort', () => {
          clearInterval(timer)
          unhear()
          resolve()
        })
      })
    navigator.locks.request(NAME, { signal: abort.signal }, lead).catch(() => undefined)
    return () => abort.abort()
  }, [heard])
  return null
}

async function take(open: (path: string) => void, signal: AbortSignal): Promise<void> {
  if (canShow() !== 'granted') return
  const { notifications } = await postJson<{ notifications: OnScreen[] }>(
    '/api/console/notifications/screen',
    {},
    { signal },
  )
  const ids = notifications.filter((one) => show(one, open)).map(({ id }) => id)
  if (ids.length > 0) await postJson('/api/console/notifications/shown', { ids }, { signal })
}

/** One at a time; what is asked meanwhile is done once more after. */
function gathered(work: () => Promise<void>): () => void {
  let running = false
  let again = false
  const run = () => {
    if (running) {
      again = true
      return
    }
    running = true
    work()
      .catch(() => undefined)
      .finally(() => {
        running = false
        if (again) {
          again = false
          setTimeout(run, 500)
        }
      })
  }
  return run
}
