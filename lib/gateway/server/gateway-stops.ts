import { setTimeout as sleep } from 'node:timers/promises'
import { db, transaction } from '@/lib/db/client'
import type { Background } from '@/lib/gateway/server/background'
import { confirmStopped } from '@/lib/upstreams/confirm-stopped'

const EVERY_MS = 2_000

/** Confirms the stop of the runs that the MCP gateway executes, once nothing of them is at work. Every replica does it; each is noted once. */
export const gatewayStops: Background = {
  name: 'gateway stops',
  start: ({ onError }) => {
    const stopping = new AbortController()
    const running = keepConfirming(stopping.signal, onError)
    return Promise.resolve({
      stop: async () => {
        stopping.abort()
        await running
      },
    })
  },
}

async function keepConfirming(stopping: AbortSignal, onError: (error: unknown) => void): Promise<void> {
  while (!stopping.aborted) {
    try {
      await confirmStopped(db(), transaction)
    } catch (error) {
      onError(error)
    }
    await sleep(EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
}
