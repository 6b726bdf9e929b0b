import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { onHeard, onHearingAgain } from '@/lib/db/bus'
import { pool } from '@/lib/db/pool'
import { DELIVERY_TIMEOUT_MS } from './deliver'
import { sendStream, type Sender } from './send'
import { dueStreams } from './store-send'

/** Retries come due, and a sender that died leaves its lease to run out: nothing waits longer than this to be seen. */
const LOOK_EVERY_MS = 1_000
/** Longer than any delivery, so that no other replica begins while one is under way; what a killed process leaves waits this long. */
const LEASE_MS = 30_000

/** The sender of this process. @param hostname as PUBLIC_URL names it */
export function senderOf(hostname: string): Sender {
  return {
    ...{ id: randomUUID(), leaseMs: LEASE_MS, timeoutMs: DELIVERY_TIMEOUT_MS },
    ...{ connections: pool('app'), hostname, random: Math.random },
  }
}

/**
 * Sends for every stream that has something due, beside each other, until `stop`, which returns once nothing is under way and
 * every lease is given back. Every replica does it; a stream has one sender at a time.
 */
export function startStreams(sender: Sender, onError: (error: unknown) => void): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  let wake = new AbortController()
  const nudge = () => {
    wake.abort()
  }
  const unhear = [onHeard('ledger', nudge), onHeard('streams', nudge), onHearingAgain(nudge)]
  const sending = new Map<string, Promise<void>>()
  const begin = (id: string) => {
    const done = sendStream(id, sender, stopping.signal)
      .catch(onError)
      .finally(() => {
        sending.delete(id)
      })
    sending.set(id, done)
  }
  const run = async () => {
    while (!stopping.signal.aborted) {
      wake = new AbortController()
      try {
        for (const id of await dueStreams(sender.connections)) if (!sending.has(id)) begin(id)
      } catch (error) {
        onError(error)
      }
      const either = AbortSignal.any([stopping.signal, wake.signal])
      await sleep(LOOK_EVERY_MS, undefined, { signal: either }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: async () => {
      for (const each of unhear) each()
      stopping.abort()
      await running
      await Promise.all(sending.values())
    },
  }
}
