import { pool } from '@/lib/db/pool'
import type { Background } from '@/lib/gateway/server/background'
import { readLeaving } from '@/lib/gateway/server/leaving-settings'
import { repeat } from '@/lib/gateway/server/repeated'
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
    const running = Promise.all(
      receivers.map((ask) => repeat(() => ask(new Date()), EVERY_MS, stopping.signal, onError)),
    )
    return {
      stop: async () => {
        stopping.abort()
        await running
      },
    }
  },
}
