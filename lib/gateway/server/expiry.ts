import { setTimeout as sleep } from 'node:timers/promises'
import { transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { expireAction, overdueActions } from '@/lib/decisions/expire'
import type { Background } from '@/lib/gateway/server/background'

const EVERY_MS = 1_000

/**
 * Ends what nobody answered in time. Beside the requests rather than in the job queue, whose finest schedule is a minute: a
 * waiting agent hears of it within the second. Every replica does it; each action is locked while it is ended.
 */
export const expiry: Background = {
  name: 'expiry',
  start: ({ onError }) => {
    const stopping = new AbortController()
    const running = keepExpiring(stopping.signal, onError)
    return Promise.resolve({
      stop: async () => {
        stopping.abort()
        await running
      },
    })
  },
}

async function keepExpiring(stopping: AbortSignal, onError: (error: unknown) => void): Promise<void> {
  while (!stopping.aborted) {
    try {
      const now = new Date()
      for (const id of await overdueActions(pool('app'), now)) {
        if (stopping.aborted) return
        await transaction((db) => expireAction(db, id, now))
      }
    } catch (error) {
      onError(error)
    }
    await sleep(EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
}
