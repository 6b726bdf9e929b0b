import { setTimeout as sleep } from 'node:timers/promises'
import { withheldFrom } from '@/lib/audit/withheld'
import { pool } from '@/lib/db/pool'
import type { Background } from '@/lib/gateway/server/background'
import { runNextSimulation } from '@/lib/trials/run-next'

const EVERY_MS = 1_000

/** Tries drafts on the past for whoever asked, one at a time, in short pieces: agents wait for none of it. */
export const trials: Background = {
  name: 'trials',
  start: ({ onError }) => {
    const stopping = new AbortController()
    const running = keepTrying(stopping.signal, onError)
    return Promise.resolve({
      stop: async () => {
        stopping.abort()
        await running
      },
    })
  },
}

async function keepTrying(stopping: AbortSignal, onError: (error: unknown) => void): Promise<void> {
  const connections = pool('app')
  const withheld = (personId: string) => withheldFrom(connections, personId)
  while (!stopping.aborted) {
    let worked = false
    try {
      worked = await runNextSimulation(connections, withheld, () => stopping.aborted)
    } catch (error) {
      onError(error)
    }
    if (!worked) await sleep(EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
}
