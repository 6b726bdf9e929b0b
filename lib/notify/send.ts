import type pg from 'pg'
import { transaction } from '@/lib/db/client'
import { ledger } from '@/lib/ledger/handle'
import { entriesFrom } from '@/lib/ledger/read'
import { deliver, mostAtOnce } from './deliver'
import { FAILURES, failure, type Outcome } from './failure'
import { Poster } from './post'
import { openSecret, type StreamSecret } from './secret'
import { say } from './say'
import { notifyStreams, type StreamRow } from './store'
import { acknowledge, lease, recordFailure, release, type Holder } from './store-send'
import { FAILING_AFTER, retryDelay, type Destination } from './stream'
import { firstUnit, type Unit } from './units'

/** What sends in this process. `timeoutMs` bounds one delivery and is well below the lease. */
export type Sender = Holder & {
  connections: pg.Pool
  hostname: string
  timeoutMs: number
  random: () => number
}

const READ = 500
const TELL_EVERY_MS = 1_000

/**
 * Sends for one stream until it has caught up, fails, or somebody else is to send. The cursor moves only once the receiver has
 * acknowledged: what is sent when this process dies is sent again (at least once), in the log's order, without a gap.
 * @throws when the database does; nothing is lost by it
 */
export async function sendStream(id: string, sender: Sender, signal: AbortSignal): Promise<void> {
  const poster = new Poster()
  let told = performance.now()
  // after a batch was rejected its entries go one by one, so that the one at fault is named
  let narrowUntil = -1
  let held = false
  try {
    for (;;) {
      let leasedAt = performance.now()
      const stream = signal.aborted ? null : await lease(sender.connections, id, sender)
      if (stream === null) return
      held = true
      let entries = await entriesFrom(sender.connections, stream.next, READ)
      if (entries.length === 0) return
      const secret = stream.secret === null ? null : openSecret(id, stream.secret, ledger().keys.payload)
      for (;;) {
        // A process that was stopped for long must not go on under a lease that has run out.
        if (performance.now() - leasedAt > sender.leaseMs - sender.timeoutMs - 1_000) break
        const unit = firstUnit(entries, stream, stream.next < narrowUntil ? 1 : mostAtOnce(destinationOf(stream)))
        if (unit === null) break
        const outcome = await hand(unit, stream, secret, sender, poster, signal)
        if (outcome.ok) {
          leasedAt = performance.now()
          if (!(await acknowledged(unit, stream, sender))) break
          stream.next = unit.next
          entries = entries.slice(unit.next - unit.from)
          if (performance.now() - told > TELL_EVERY_MS) {
            told = performance.now()
            await notifyStreams(sender.connections)
          }
        } else if (outcome.code === 'rejected' && unit.items.length > 1) {
          narrowUntil = unit.next
        } else {
          if (!signal.aborted) await failed(outcome, unit, stream, sender)
          return
        }
        if (signal.aborted) return
      }
    }
  } finally {
    poster.close()
    if (held) {
      await release(sender.connections, id, sender)
      await notifyStreams(sender.connections)
    }
  }
}

function hand(
  unit: Unit,
  stream: StreamRow,
  secret: StreamSecret | null,
  sender: Sender,
  poster: Poster,
  signal: AbortSignal,
): Promise<Outcome> {
  // the log is dense: an index that is not there was removed
  if (unit.from !== stream.next) return Promise.resolve(failure('gap', `Entry #${stream.next}.`))
  if (unit.items.length === 0) return Promise.resolve({ ok: true })
  if (stream.secret !== null && secret === null) return Promise.resolve(failure('secret'))
  const { hostname, timeoutMs } = sender
  const { origin } = ledger()
  return deliver(unit.items, {
    ...{ streamId: stream.id, destination: destinationOf(stream), secret, origin, hostname, timeoutMs },
    ...{ now: new Date(), poster, signal },
  })
}

/** Whether the acknowledgement counted: a person may have paused, edited or replayed meanwhile. */
async function acknowledged(unit: Unit, stream: StreamRow, sender: Sender): Promise<boolean> {
  const done = { ...unit, count: unit.items.length, at: new Date() }
  if (stream.state !== 'failing') return (await acknowledge(sender.connections, stream, sender, done)) !== null
  const counted = await transaction(async (db) => {
    const before = await acknowledge(db, stream, sender, done)
    if (before?.wasFailing === true)
      await say(db, 'stream.recovered', stream, 'delivers', `The stream ${stream.name} delivers again.`)
    return before !== null
  })
  if (counted) stream.state = 'active'
  return counted
}

/** Records the failure; with the third in a row, or one that will not pass, the stream is failing and an entry says so, once. */
async function failed(outcome: Outcome & { ok: false }, unit: Unit, stream: StreamRow, sender: Sender): Promise<void> {
  const now = new Date()
  const attempts = stream.attempts + 1
  const { again } = FAILURES[outcome.code]
  const delay = retryDelay(attempts, outcome.retryAfter, sender.random())
  const failing = stream.state === 'failing' || !again || attempts >= FAILING_AFTER
  await transaction(async (db) => {
    const recorded = await recordFailure(db, stream, sender, {
      error: outcome.code,
      detail: outcome.detail,
      index: outcome.code === 'gap' ? stream.next : firstWanted(unit),
      at: now,
      nextTryAt: again ? new Date(now.getTime() + delay) : null,
      failing,
    })
    if (recorded?.newly === true)
      await say(
        db,
        'stream.failed',
        stream,
        outcome.code,
        `The stream ${stream.name} does not deliver. ${FAILURES[outcome.code].says}`,
      )
  })
}

/** The entry a person would skip: the first that is to be sent, not one the filter leaves out before it. */
const firstWanted = (unit: Unit): number => unit.items[0]?.index ?? unit.from

/** A row's kind and settings belong together: they were written together, and a stream keeps its kind. */
export function destinationOf({ kind, settings }: Pick<StreamRow, 'kind' | 'settings'>): Destination {
  return { kind, settings } as Destination
}
