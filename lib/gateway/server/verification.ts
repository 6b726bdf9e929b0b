import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pool } from '@/lib/db/pool'
import type { Background } from '@/lib/gateway/server/background'
import { ledger } from '@/lib/ledger/handle'
import { lastVerification, verifyAndKeep } from '@/lib/ledger/verification'

/** A walk begins this long after the last one ended, whoever walked. */
const EVERY_MS = 15 * 60_000
const LOOK_EVERY_MS = 30_000
/** Between 256 entries: a walk takes a fraction of one processor, and ten million entries some hours. */
const PAUSE_MS = 20

/** Walks the whole log again and again, so that a change somebody made in the database is told without anybody asking. */
export const verification: Background = {
  name: 'verification',
  start: ({ settings, onError }) => {
    const stopping = new AbortController()
    const running = keepVerifying(path.join(settings.dataFolder, 'ledger'), stopping.signal, onError)
    return Promise.resolve({
      stop: async () => {
        stopping.abort(STOPPED)
        await running
      },
    })
  },
}

const STOPPED = new Error('The server stops.')

async function keepVerifying(folder: string, stopping: AbortSignal, onError: (error: unknown) => void): Promise<void> {
  const wait = (ms: number) => sleep(ms, undefined, { signal: stopping }).catch(() => undefined)
  while (!stopping.aborted) {
    await wait(LOOK_EVERY_MS)
    if (stopping.aborted) return
    try {
      const last = await lastVerification(pool('jobs'))
      if (last && Date.now() - last.endedAt.getTime() < EVERY_MS) continue
      await verifyAndKeep(pool('jobs'), ledger(), folder, async () => {
        await wait(PAUSE_MS)
        if (stopping.aborted) throw STOPPED
      })
    } catch (error) {
      if (error !== STOPPED) onError(error)
    }
  }
}
