import type pg from 'pg'
import { signTimedCheckpoint } from '@/lib/ledger/fresh'
import { standingOf, type Standing } from '@/lib/ledger/guard'
import type { Ledger } from '@/lib/ledger/handle'
import { appendLeaf, decodeRange, encodeRange, rangeRoot } from '@/lib/ledger/merkle'
import type { Released } from '@/lib/ledger/released'
import {
  insertLeaves,
  keepCheckpoint,
  lastSuccession,
  lockHead,
  moveHead,
  notifyLedger,
  quarantine,
  readTiles,
  takePending,
  writeTiles,
} from '@/lib/ledger/store-sequence'
import { edgeTiles, growTiles } from '@/lib/ledger/tile'

/** Entries integrated in one transaction at most. */
export const BATCH = 5_000
const MOST_AT_ONCE = 10_000_000
/** Every checkpoint is signed; one in this many seconds is kept in the database for good. */
const KEEP_EVERY_SECONDS = 10

export type Sequenced =
  /** Another sequencer holds the head. */
  | { state: 'busy' }
  /** Nothing may be signed (see Standing); nothing was taken off the queue. */
  | { state: 'stopped'; standing: Standing & { ok: false } }
  /** Committed. `checkpoint` may be let out; null when nothing was queued. `first`: the place of the oldest row taken. */
  | { state: 'done'; taken: number; first: string | null; quarantined: number; checkpoint: Released | null }

/**
 * Gives indexes to what is queued, in one transaction: locks the head (who cannot, does nothing: no leader is elected),
 * takes a batch off the queue, grows tree and tiles, signs. The checkpoint is answered only once COMMIT has succeeded;
 * a throw means that whether it did is unknown, and the next call finds out by reading the head.
 * @param released the last checkpoint let out, as the guard keeps it
 * @param from where in the queue to look; its beginning finds everything
 */
export async function sequenceOnce(
  connections: pg.Pool,
  ledger: Ledger,
  released: Released | null,
  from = '0',
): Promise<Sequenced> {
  const client = await connections.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const answer = await integrate(client, ledger, released, from)
    await client.query(answer.state === 'done' ? 'COMMIT' : 'ROLLBACK')
    return answer
  } catch (error) {
    broken = error as Error
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    client.release(broken)
  }
}

/**
 * Signs the newest checkpoint anew, with the time, when that was not done for a while: so that whoever watches an idle log can
 * tell it from one that stopped. Nothing else moves.
 * @param after seconds since it was signed last
 * @returns whether it did
 */
export async function signAgain(
  connections: pg.Pool,
  ledger: Ledger,
  released: Released | null,
  after: number,
): Promise<boolean> {
  const client = await connections.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const head = await lockHead(client)
    const due = head !== null && head.size > 0 && head.signedSecondsAgo >= after
    const standing = due && (await standingOf(client, ledger, head, released))
    const handingOver = (await lastSuccession(client))?.index === null
    if (!due || !standing || !standing.ok || handingOver) {
      await client.query('ROLLBACK')
      return false
    }
    const root = rangeRoot(decodeRange(head.size, head.compactRange))
    const note = signTimedCheckpoint({ origin: ledger.origin, size: head.size, root }, ledger.checkpoint, nowSeconds())
    await moveHead(client, head.size, head.compactRange, note)
    await client.query('COMMIT')
    return true
  } catch (error) {
    broken = error as Error
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    client.release(broken)
  }
}

const nowSeconds = () => Math.floor(Date.now() / 1000)

async function integrate(
  client: pg.ClientBase,
  ledger: Ledger,
  released: Released | null,
  from: string,
): Promise<Sequenced> {
  const head = await lockHead(client)
  if (!head) return { state: 'busy' }
  const standing = await standingOf(client, ledger, head, released)
  if (!standing.ok) return { state: 'stopped', standing }
  // The first checkpoint of a new key covers the entry that names it, however many wait before it.
  const handingOver = (await lastSuccession(client))?.index === null
  const taken = handingOver ? await takePending(client, '0', MOST_AT_ONCE) : await takePending(client, from, BATCH)
  const first = taken[0]?.qid ?? null
  const good = taken.filter(({ fault }) => fault === null)
  const bad = taken.filter(({ fault }) => fault !== null)
  if (bad.length > 0) await quarantine(client, bad)
  if (good.length === 0) return { state: 'done', taken: taken.length, first, quarantined: bad.length, checkpoint: null }

  const leaves = good.map(({ leaf }) => leaf)
  const range = decodeRange(head.size, head.compactRange)
  for (const leaf of leaves) appendLeaf(range, leaf)
  const root = rangeRoot(range)
  const note = signTimedCheckpoint({ origin: ledger.origin, size: range.size, root }, ledger.checkpoint, nowSeconds())
  await insertLeaves(
    client,
    head.size,
    good.map(({ entryId }) => entryId),
  )
  await writeTiles(client, growTiles(head.size, await readTiles(client, edgeTiles(head.size)), leaves))
  await moveHead(client, range.size, encodeRange(range), note)
  const checkpoint = { origin: ledger.origin, size: range.size, root, note }
  await keepCheckpoint(client, checkpoint, KEEP_EVERY_SECONDS)
  await notifyLedger(client, range.size)
  return { state: 'done', taken: taken.length, first, quarantined: bad.length, checkpoint }
}
