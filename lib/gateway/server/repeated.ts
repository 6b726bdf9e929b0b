import { setTimeout as sleep } from 'node:timers/promises'
import type { Background } from '@/lib/gateway/server/background'

/** One round of something. `again` begins the next at once; a round looks at `stopping` between its pieces. */
export type Round = (stopping: AbortSignal) => Promise<'again' | undefined | void>

/** Work done again and again, `everyMs` after it ended, for as long as the server runs. A round that fails is reported and tried again. */
export function repeated(name: string, everyMs: number, begin: () => Round): Background {
  return {
    name,
    start: ({ onError }) => {
      const stopping = new AbortController()
      const running = repeat(begin(), everyMs, stopping.signal, onError)
      return Promise.resolve({
        stop: async () => {
          stopping.abort()
          await running
        },
      })
    },
  }
}

/** Rounds until `stopping`; returns once none is under way. */
export async function repeat(
  round: Round,
  everyMs: number,
  stopping: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!stopping.aborted) {
    let next: 'again' | undefined | void
    try {
      next = await round(stopping)
    } catch (error) {
      onError(error)
    }
    if (next !== 'again') await sleep(everyMs, undefined, { signal: stopping }).catch(() => undefined)
  }
}
