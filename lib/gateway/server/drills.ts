import { setTimeout as sleep } from 'node:timers/promises'
import type { Background } from '@/lib/gateway/server/background'
import { endDrills } from '@/lib/halt/end-drills'

const EVERY_MS = 500

/** Ends drills when they are over: a live one halts what really works, so no longer than it takes to measure. */
export const drills: Background = {
  name: 'drills',
  start: ({ onError }) => {
    const stopping = new AbortController()
    const running = keepLooking(stopping.signal, onError)
    return Promise.resolve({
      stop: async () => {
        stopping.abort()
        await running
      },
    })
  },
}

async function keepLooking(stopping: AbortSignal, onError: (error: unknown) => void): Promise<void> {
  while (!stopping.aborted) {
    try {
      await endDrills(new Date())
    } catch (error) {
      onError(error)
    }
    await sleep(EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
}
