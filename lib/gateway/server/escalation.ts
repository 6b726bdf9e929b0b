import { setTimeout as sleep } from 'node:timers/promises'
import { transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { dueEscalations, escalateAction } from '@/lib/decisions/escalate'
import type { Background } from '@/lib/gateway/server/background'

const EVERY_MS = 5_000

/** Tells of what waits too long, step by step. Every replica does it; each step is told once. */
export const escalation: Background = {
  name: 'escalation',
  start: ({ onError }) => {
    const stopping = new AbortController()
    const running = keepTelling(stopping.signal, onError)
    return Promise.resolve({
      stop: async () => {
        stopping.abort()
        await running
      },
    })
  },
}

async function keepTelling(stopping: AbortSignal, onError: (error: unknown) => void): Promise<void> {
  while (!stopping.aborted) {
    try {
      const now = new Date()
      for (const id of await dueEscalations(pool('app'), now)) {
        if (stopping.aborted) return
        await transaction((db) => escalateAction(db, id, now))
      }
    } catch (error) {
      onError(error)
    }
    await sleep(EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
}
