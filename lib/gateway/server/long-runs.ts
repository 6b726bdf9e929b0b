import { setTimeout as sleep } from 'node:timers/promises'
import { watchRuns } from '@/lib/alerts/watch-runs'
import { transaction } from '@/lib/db/client'
import type { Background } from '@/lib/gateway/server/background'

const EVERY_MS = 5_000

/** Looks for runs that go on for too long. What it finds is halted by the tail of the watch rules, which looks as often. */
export const longRuns: Background = {
  name: 'long-runs',
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
      await transaction((db) => watchRuns(db, new Date()))
    } catch (error) {
      onError(error)
    }
    await sleep(EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
}
