import { setTimeout as sleep } from 'node:timers/promises'
import { pool } from '@/lib/db/pool'
import type { Background } from '@/lib/gateway/server/background'
import { readLeaving } from '@/lib/gateway/server/leaving-settings'
import { askWitness, onlyReceivers, sendCheckpoint } from '@/lib/ledger/let-out'

const EVERY_MS = 2_000

/**
 * Lets checkpoints leave: to the witnesses and the webhook the operator named. Beside the sequencer, which never waits for it; each
 * receiver is asked by itself, so that a slow one holds up nobody.
 */
export const leaving: Background = {
  name: 'checkpoints',
  start: async ({ onError }) => {
    const { witnesses, webhook } = readLeaving(process.env)
    await onlyReceivers(pool('app'), { witnesses, webhook })
    const stopping = new AbortController()
    const receivers: ((now: Date) => Promise<void>)[] = witnesses.map(
      (witness) => (now: Date) => askWitness(pool('app'), witness, now),
    )
    if (webhook) receivers.push((now) => sendCheckpoint(pool('app'), webhook, now))
    const running = Promise.all(receivers.map((ask) => keepAsking(ask, stopping.signal, onError)))
    return {
      stop: async () => {
        stopping.abort()
        await running
      },
    }
  },
}

async function keepAsking(
  ask: (now: Date) => Promise<void>,
  stopping: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      await ask(new Date())
    } catch (error) {
      onError(error)
    }
    await sleep(EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
}
