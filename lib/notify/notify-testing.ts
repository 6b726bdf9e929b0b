import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { db, transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { append } from '@/lib/ledger/append'
import { ledger } from '@/lib/ledger/handle'
import { ledgerStatus } from '@/lib/ledger/read'
import { sequenceOnce } from '@/lib/ledger/sequence'
import type { Actor } from '@/lib/people/actor'
import type { CreateStream } from './contract'
import { createStream } from './create-stream'
import { sendStream, type Sender } from './send'
import { streamRow, type StreamRow } from './store'

/** A sender of this process with deadlines that nothing but what hangs meets; who tests one sets its own. */
export function testSender(given: Partial<Sender> = {}): Sender {
  return {
    ...{ id: randomUUID(), leaseMs: 60_000, timeoutMs: 20_000, connections: pool('app') },
    ...{ hostname: 'countersign.test', random: () => 0 },
    ...given,
  }
}

/** Puts entries into the log, with their indexes. */
export async function writeEntries(count: number): Promise<void> {
  await transaction(async (tx) => {
    for (let n = 0; n < count; n++) await append(tx, { kind: 'ledger.opened', actor: 'system', labels: [`n${n}`] })
  })
  await integrate()
}

/** Gives what waits its index, as the sequencer does. */
export async function integrate(): Promise<void> {
  await sequenceOnce(pool('sequencer'), ledger(), null)
}

/** How many entries the log has. */
export async function logSize(): Promise<number> {
  return (await ledgerStatus(db())).size
}

/** Makes a stream as an administrator would. */
export function makeStream(actor: Actor, given: CreateStream): Promise<{ id: string; secret: string | null }> {
  return transaction((tx) => createStream(tx, actor, given, new Date()))
}

/** One run of the sender; what is due is tried at once, whatever its backoff. */
export async function sendNow(id: string, sender = testSender()): Promise<void> {
  await pool('app').query('UPDATE stream SET next_try_at = NULL WHERE id = $1', [id])
  await sendStream(id, sender, new AbortController().signal)
}

export async function standing(id: string): Promise<StreamRow> {
  const row = await streamRow(db(), id)
  if (row === null) throw new Error('there is no such stream')
  return row
}

/** Waits until something holds; the test's own time limit ends what never does. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10)
}
