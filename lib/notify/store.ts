import { fault } from '@/lib/core/fault'
import { query, queryOne, type Sql, type SqlValue } from '@/lib/ledger/sql'
import type { Destination, StreamContents, StreamKind, StreamState } from './stream'

/** A stream as it is stored. Indexes are numbers: a log of 2^53 entries is beyond us. */
export type StreamRow = {
  id: string
  name: string
  kind: StreamKind
  settings: Destination['settings']
  secret: Uint8Array | null
  kinds: string[] | null
  contents: StreamContents
  state: StreamState
  stopped: boolean
  version: number
  next: number
  toldAt: Date
  ackedAt: Date | null
  ackedEntryAt: Date | null
  attempts: number
  nextTryAt: Date | null
  error: string | null
  errorDetail: string | null
  errorIndex: number | null
  errorAt: Date | null
  failingSince: Date | null
  laggedAt: Date | null
  sent: number
  minuteAt: Date | null
  minuteSent: number
  minuteBefore: number
  createdBy: string
  createdAt: Date
}

export const STREAM_COLUMNS = `id::text AS id, name, kind, settings, secret, kinds, contents, state, stopped, version, next_index::float8 AS next,
  told_at AS "toldAt", acked_at AS "ackedAt", acked_entry_at AS "ackedEntryAt", attempts, next_try_at AS "nextTryAt", error,
  error_detail AS "errorDetail", error_index::float8 AS "errorIndex", error_at AS "errorAt", failing_since AS "failingSince",
  lagged_at AS "laggedAt", sent::float8 AS sent, minute_at AS "minuteAt", minute_sent AS "minuteSent", minute_before AS "minuteBefore",
  created_by::text AS "createdBy", created_at AS "createdAt"`

/** What streams are called, removed ones included; index stream_pkey. */
export function streamNameRows(sql: Sql, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  return query(sql, "SELECT id::text AS id, name FROM stream WHERE id = ANY (string_to_array($1, ',')::uuid[])", [
    ids.join(','),
  ])
}

/** Every living stream, oldest first. */
export function streamRows(sql: Sql): Promise<StreamRow[]> {
  return query(sql, `SELECT ${STREAM_COLUMNS} FROM stream WHERE state <> 'removed' ORDER BY created_at, id`)
}

/** One living stream; null when there is none. */
export function streamRow(sql: Sql, id: string): Promise<StreamRow | null> {
  return queryOne(sql, `SELECT ${STREAM_COLUMNS} FROM stream WHERE id = $1::uuid AND state <> 'removed'`, [id])
}

/** The same, locked until the transaction ends. @throws Fault `not_found` */
export async function lockStream(sql: Sql, id: string): Promise<StreamRow> {
  const row = await queryOne<StreamRow>(
    sql,
    `SELECT ${STREAM_COLUMNS} FROM stream WHERE id = $1::uuid AND state <> 'removed' FOR UPDATE`,
    [id],
  )
  if (row === null) throw fault('not_found', { detail: 'There is no such stream.' })
  return row
}

/** One at a time makes, renames and removes streams: names and their number are checked before. */
export async function lockStreams(sql: Sql): Promise<void> {
  await query(sql, "SELECT pg_advisory_xact_lock(hashtextextended('countersign streams', 0))::text")
}

export type NewStream = Pick<
  StreamRow,
  'id' | 'name' | 'kind' | 'settings' | 'kinds' | 'contents' | 'next' | 'createdBy'
> & {
  secret: Buffer | null
  at: Date
}

export async function insertStream(sql: Sql, made: NewStream): Promise<void> {
  await query(
    sql,
    `INSERT INTO stream (id, name, kind, settings, secret, kinds, contents, next_index, told_at, created_by, created_at)
     VALUES ($1::uuid, $2, $3, $4::jsonb, $5::bytea, ${KINDS('$6')}, $7, $8::bigint, $9::timestamptz, $10::uuid, $9::timestamptz)`,
    [
      ...[made.id, made.name, made.kind, JSON.stringify(made.settings), made.secret, kindsText(made.kinds)],
      ...[made.contents, made.next, made.at, made.createdBy],
    ],
  )
}

/** Sets what an edit changed. The version moves, so that whoever sends by the old settings stops, and a new try is due at once. */
export async function setStream(
  sql: Sql,
  id: string,
  edit: Pick<StreamRow, 'name' | 'settings' | 'kinds' | 'contents'> & { secret: Uint8Array | null },
): Promise<void> {
  await query(
    sql,
    `UPDATE stream SET name = $2, settings = $3::jsonb, kinds = ${KINDS('$4')}, contents = $5, secret = $6::bytea,
       version = version + 1, next_try_at = NULL, stopped = false WHERE id = $1::uuid`,
    [
      id,
      edit.name,
      JSON.stringify(edit.settings),
      kindsText(edit.kinds),
      edit.contents,
      edit.secret && Buffer.from(edit.secret),
    ],
  )
}

/** What an act of a person does to where a stream stands. */
export async function moveStream(
  sql: Sql,
  id: string,
  to: { state: StreamState; next?: number; at: Date },
): Promise<void> {
  const again = to.state === 'active'
  await query(
    sql,
    `UPDATE stream SET state = $2, version = version + 1, stopped = false,
       next_index = coalesce($3::bigint, next_index),
       told_at = CASE WHEN $3::bigint IS NULL AND NOT $5::boolean THEN told_at ELSE $4::timestamptz END,
       attempts = CASE WHEN $5::boolean THEN 0 ELSE attempts END,
       next_try_at = CASE WHEN $5::boolean THEN NULL ELSE next_try_at END,
       failing_since = CASE WHEN $5::boolean THEN NULL ELSE failing_since END,
       lagged_at = CASE WHEN $5::boolean THEN NULL ELSE lagged_at END
     WHERE id = $1::uuid`,
    [id, to.state, to.next ?? null, to.at, again ? 'true' : 'false'],
  )
}

/** Makes a failing stream try at once, without saying that it is well. */
export async function tryNow(sql: Sql, id: string): Promise<void> {
  await query(sql, 'UPDATE stream SET stopped = false, next_try_at = NULL WHERE id = $1::uuid', [id])
}

export type DeadLetterRow = {
  index: number
  entryId: string
  error: string
  errorDetail: string | null
  skippedBy: string
  skippedAt: Date
}

/** What people decided to go on without, newest first; index stream_dead_letter_pkey. */
export function deadLetterRows(sql: Sql, streamId: string, limit: number): Promise<DeadLetterRow[]> {
  return query(
    sql,
    `SELECT d.index::float8 AS index, d.entry_id::text AS "entryId", d.error, d.error_detail AS "errorDetail", p.name AS "skippedBy",
            d.skipped_at AS "skippedAt"
       FROM stream_dead_letter d JOIN person p ON p.id = d.skipped_by WHERE d.stream_id = $1::uuid ORDER BY d.index DESC LIMIT $2::int`,
    [streamId, limit],
  )
}

export async function insertDeadLetter(
  sql: Sql,
  letter: {
    streamId: string
    index: number
    entryId: string
    error: string
    errorDetail: string | null
    by: string
    at: Date
  },
): Promise<void> {
  await query(
    sql,
    `INSERT INTO stream_dead_letter (stream_id, index, entry_id, error, error_detail, skipped_by, skipped_at)
     VALUES ($1::uuid, $2::bigint, $3::uuid, $4, $5, $6::uuid, $7::timestamptz) ON CONFLICT DO NOTHING`,
    [letter.streamId, letter.index, letter.entryId, letter.error, letter.errorDetail, letter.by, letter.at],
  )
}

/** Tells senders and open screens, once the transaction commits, that a stream changed. */
export async function notifyStreams(sql: Sql): Promise<void> {
  await query(sql, "SELECT pg_notify('streams', '')::text")
}

/** The drivers do not agree on arrays: kinds travel as one text. */
const KINDS = (parameter: string) => `string_to_array(${parameter}, ',')`
const kindsText = (kinds: readonly string[] | null): SqlValue => kinds?.join(',') ?? null
