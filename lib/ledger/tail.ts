import { setTimeout as sleep } from 'node:timers/promises'
import { onHeard, onHearingAgain } from '@/lib/db/bus'
import { transaction, type Db } from '@/lib/db/client'
import { entriesFrom, ledgerStatus, type LedgerEntry } from '@/lib/ledger/read'
import { lockCursor, moveCursor, startCursor } from '@/lib/ledger/store-read'

/** Somebody who reads every entry once, in the order of the log. */
export interface Consumer {
  /** Names its cursor: for good. */
  name: string
  /** Where it starts the first time: at the beginning, or behind what is there already. */
  from: 'beginning' | 'now'
  /** Handles entries in the transaction that moves the cursor: either both happen or neither. A throw hands them out again. */
  handle: (db: Db, entries: readonly LedgerEntry[]) => Promise<void>
  /**
   * Milliseconds it rests after a batch, so that what is in no hurry reads several of the sequencer's batches together and takes
   * nothing from the requests beside it. None: it reads each as it comes.
   */
  restMs?: number
  /** What follows from what was committed and must not be part of it: after each batch, and each time there was nothing to hand out. */
  after?: () => Promise<void>
}

const BATCH = 200
/** Notifications may be lost with a connection; nothing waits longer than this. */
const AT_LEAST_EVERY_MS = 5_000

/** Hands out the next entries; answers how many. 0 also when another replica is at it. */
export function consume(consumer: Consumer): Promise<number> {
  return transaction(async (db) => {
    const next = (await lockCursor(db, consumer.name)) ?? (await begun(db, consumer))
    if (next === null) return 0
    const entries = await entriesFrom(db, next, BATCH)
    if (entries.length === 0) return 0
    await consumer.handle(db, entries)
    await moveCursor(db, consumer.name, next + entries.length)
    return entries.length
  })
}

async function begun(db: Db, { name, from }: Consumer): Promise<number | null> {
  await startCursor(db, name, from === 'now' ? (await ledgerStatus(db)).size : 0)
  return lockCursor(db, name)
}

/** Consumes as entries arrive, until `stop`, which returns once no batch is under way. A failing batch is tried again. */
export function startTail(consumer: Consumer, onError: (error: unknown) => void): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  let wake = new AbortController()
  const nudge = () => {
    wake.abort()
  }
  const unhear = [onHeard('ledger', nudge), onHearingAgain(nudge)]
  const run = async () => {
    while (!stopping.signal.aborted) {
      wake = new AbortController()
      let handled = 0
      try {
        handled = await consume(consumer)
        await consumer.after?.()
      } catch (error) {
        onError(error)
        await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
      // more are there for sure; whatever else has come since has nudged
      if (handled === BATCH) continue
      if (handled > 0 && consumer.restMs)
        await sleep(consumer.restMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      const either = AbortSignal.any([stopping.signal, wake.signal])
      await sleep(AT_LEAST_EVERY_MS, undefined, { signal: either }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: async () => {
      for (const each of unhear) each()
      stopping.abort()
      await running
    },
  }
}
