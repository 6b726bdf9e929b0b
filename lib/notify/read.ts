import type { Db } from '@/lib/db/client'
import { ledgerStatus } from '@/lib/ledger/read'
import { FAILURES, type FailureCode } from './failure'
import { destinationOf } from './send'
import { whereOf } from './settings'
import { publicId } from '@/lib/core/ids'
import { deadLetterRows, streamNameRows, streamRow, streamRows, type DeadLetterRow, type StreamRow } from './store'
import type { Destination, Lag, StreamContents, StreamState } from './stream'
import { readLag } from './watch'

/** What went wrong last, in words. `stopped`: it waits for a person. */
export type LastError = {
  code: FailureCode
  says: string
  todo: string
  detail: string | null
  at: Date
  index: number | null
}

/** A stream as screens show it: never its secret. */
export type StreamView = {
  id: string
  name: string
  destination: Destination
  where: string
  kinds: readonly string[] | null
  contents: StreamContents
  state: StreamState
  stopped: boolean
  lag: Lag
  /** the last entry the receiver has; null before the first */
  acked: { index: number; entryAt: Date; at: Date } | null
  next: number
  sent: number
  /** sent in the last full minute, or in this one when that is more */
  perMinute: number
  attempts: number
  nextTryAt: Date | null
  failingSince: Date | null
  lagging: boolean
  error: LastError | null
  hasSecret: boolean
  createdAt: Date
}

/** Every living stream, oldest first. */
export async function listStreams(db: Db, now: Date): Promise<StreamView[]> {
  const [rows, { size }] = await Promise.all([streamRows(db), ledgerStatus(db)])
  return Promise.all(rows.map(async (row) => toView(row, await readLag(db, row, size, now), now)))
}

const LETTERS = 100

/** A stream with what people decided it goes on without, newest first. */
export type StreamDetail = StreamView & {
  skipped: { index: number; says: string; skippedBy: string; skippedAt: Date; error: string }[]
}

/** One stream; null when there is none. */
export async function readStream(db: Db, id: string, now: Date): Promise<StreamDetail | null> {
  const [row, { size }] = await Promise.all([streamRow(db, id), ledgerStatus(db)])
  if (row === null) return null
  const [lag, skipped] = await Promise.all([readLag(db, row, size, now), deadLetterRows(db, id, LETTERS)])
  return { ...toView(row, lag, now), skipped: skipped.map(letterOf) }
}

/** What streams are called, by their ids, removed ones included: for alerts, which outlive them. */
export async function streamNames(db: Db, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const wanted = ids.filter((id) => id !== null)
  if (wanted.length === 0) return new Map()
  return new Map((await streamNameRows(db, wanted)).map(({ id, name }) => [id, name]))
}

/** A stream as the API says it. An address may hold a token in its query, so that only who manages streams gets it whole. */
export function publicStream(view: StreamView, manages: boolean): object {
  const { destination, ...rest } = view
  return {
    ...rest,
    id: publicId('stream', view.id),
    kind: destination.kind,
    ...(manages && { settings: destination.settings }),
  }
}

/** What a failure is called and what to do about it; for a code an older version wrote, the least that is true. */
export function wordsOf(code: string): { code: FailureCode; says: string; todo: string } {
  const known: FailureCode = Object.hasOwn(FAILURES, code) ? (code as FailureCode) : 'internal'
  return { code: known, says: FAILURES[known].says, todo: FAILURES[known].todo }
}

function letterOf({ index, error, errorDetail, skippedBy, skippedAt }: DeadLetterRow): StreamDetail['skipped'][number] {
  const { says } = wordsOf(error)
  return { index, error, skippedBy, skippedAt, says: errorDetail === null ? says : `${says} (${errorDetail})` }
}

function toView(row: StreamRow, lag: Lag, now: Date): StreamView {
  const destination = destinationOf(row)
  const { id, name, kinds, contents, state, stopped, next, sent, attempts, nextTryAt, failingSince, createdAt } = row
  const failing = row.error !== null && row.errorAt !== null && attempts > 0
  return {
    ...{
      id,
      name,
      destination,
      kinds,
      contents,
      state,
      stopped,
      lag,
      next,
      sent,
      attempts,
      nextTryAt,
      failingSince,
      createdAt,
    },
    where: whereOf(destination),
    acked: row.ackedAt && row.ackedEntryAt ? { index: next - 1, entryAt: row.ackedEntryAt, at: row.ackedAt } : null,
    perMinute: perMinuteOf(row, now),
    lagging: row.laggedAt !== null,
    error:
      failing && row.error !== null && row.errorAt !== null
        ? { ...wordsOf(row.error), detail: row.errorDetail, at: row.errorAt, index: row.errorIndex }
        : null,
    hasSecret: row.secret !== null,
  }
}

function perMinuteOf({ minuteAt, minuteSent, minuteBefore }: StreamRow, now: Date): number {
  if (minuteAt === null) return 0
  const age = now.getTime() - minuteAt.getTime()
  return age < 60_000 ? Math.max(minuteSent, minuteBefore) : age < 120_000 ? minuteSent : 0
}
