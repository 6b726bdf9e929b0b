import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import { STREAM_COLUMNS, type StreamRow } from './store'

/** Who sends: a process, for as long as it lives, and how long it holds a stream without renewing. */
export type Holder = { id: string; leaseMs: number }

/**
 * Takes or renews the lease of a stream that is due, and answers the stream as it stands; null when another sender holds it, it
 * is not due, or nobody is to send. One statement and the database's clock: of two that ask at once, one gets it.
 */
export function lease(sql: Sql, id: string, sender: Holder): Promise<StreamRow | null> {
  return queryOne(
    sql,
    `UPDATE stream SET lease_by = $2::uuid, lease_until = clock_timestamp() + make_interval(secs => $3::float8)
      WHERE id = $1::uuid AND state IN ('active', 'failing') AND NOT stopped
        AND (next_try_at IS NULL OR next_try_at <= clock_timestamp())
        AND (lease_by = $2::uuid OR lease_until IS NULL OR lease_until < clock_timestamp())
      RETURNING ${STREAM_COLUMNS}`,
    [id, sender.id, sender.leaseMs / 1000],
  )
}

/** Gives a stream back, so that another sender need not wait. */
export async function release(sql: Sql, id: string, sender: Holder): Promise<void> {
  await query(
    sql,
    'UPDATE stream SET lease_until = NULL, lease_by = NULL WHERE id = $1::uuid AND lease_by = $2::uuid',
    [id, sender.id],
  )
}

/** The streams somebody has to send for now. */
export async function dueStreams(sql: Sql): Promise<string[]> {
  const rows = await query<{ id: string }>(
    sql,
    `SELECT id::text AS id FROM stream
      WHERE state IN ('active', 'failing') AND NOT stopped AND (next_try_at IS NULL OR next_try_at <= clock_timestamp())
        AND (lease_until IS NULL OR lease_until < clock_timestamp())
        AND next_index < (SELECT size FROM ledger.tree_head WHERE id = 1)`,
  )
  return rows.map(({ id }) => id)
}

/** What came of a unit; `at` is now. */
export type Acknowledged = { from: number; next: number; count: number; entryAt: Date; at: Date }

/**
 * Moves the cursor past what the receiver has. Only for who holds the lease, and only from where this unit began: a person who
 * replayed or edited meanwhile is not overruled. Answers how it was before; null when it did not count.
 */
export function acknowledge(
  sql: Sql,
  { id, version }: Pick<StreamRow, 'id' | 'version'>,
  sender: Holder,
  unit: Acknowledged,
): Promise<{ wasFailing: boolean } | null> {
  return queryOne(
    sql,
    `UPDATE stream s SET next_index = $4::bigint, acked_at = $6::timestamptz, acked_entry_at = $7::timestamptz, sent = s.sent + $5::int,
       state = 'active', stopped = false, attempts = 0, next_try_at = NULL, failing_since = NULL,
       lease_until = clock_timestamp() + make_interval(secs => $9::float8),
       minute_at = CASE WHEN s.minute_at > $6::timestamptz - interval '1 minute' THEN s.minute_at ELSE $6::timestamptz END,
       minute_sent = CASE WHEN s.minute_at > $6::timestamptz - interval '1 minute' THEN s.minute_sent ELSE 0 END + $5::int,
       minute_before = CASE WHEN s.minute_at > $6::timestamptz - interval '1 minute' THEN s.minute_before
                            WHEN s.minute_at > $6::timestamptz - interval '2 minutes' THEN s.minute_sent ELSE 0 END
      FROM (SELECT id, state FROM stream WHERE id = $1::uuid FOR UPDATE) before
     WHERE s.id = before.id AND s.lease_by = $2::uuid AND s.next_index = $3::bigint AND s.version = $8::int
       AND s.state IN ('active', 'failing')
     RETURNING before.state = 'failing' AS "wasFailing"`,
    [id, sender.id, unit.from, unit.next, unit.count, unit.at, unit.entryAt, version, sender.leaseMs / 1000],
  )
}

export type Failed = {
  error: string
  detail: string | null
  /** the first entry of the unit that failed */
  index: number
  at: Date
  /** null: not tried again until a person says so */
  nextTryAt: Date | null
  failing: boolean
}

/** Records a failed try and when the next is due. Answers whether the stream only now counts as failing; null when it did not count. */
export function recordFailure(
  sql: Sql,
  { id, version }: Pick<StreamRow, 'id' | 'version'>,
  sender: Holder,
  failed: Failed,
): Promise<{ newly: boolean } | null> {
  return queryOne(
    sql,
    `UPDATE stream s SET attempts = s.attempts + 1, error = $3, error_detail = $4, error_index = $5::bigint, error_at = $6::timestamptz,
       next_try_at = $7::timestamptz, stopped = $8::boolean,
       state = CASE WHEN $9::boolean THEN 'failing' ELSE s.state END,
       failing_since = CASE WHEN $9::boolean THEN coalesce(s.failing_since, $6::timestamptz) ELSE s.failing_since END
      FROM (SELECT id, state FROM stream WHERE id = $1::uuid FOR UPDATE) before
     WHERE s.id = before.id AND s.lease_by = $2::uuid AND s.version = $10::int AND s.state IN ('active', 'failing')
     RETURNING $9::boolean AND before.state <> 'failing' AS newly`,
    [
      ...[id, sender.id, failed.error, failed.detail, failed.index, failed.at, failed.nextTryAt],
      ...[failed.nextTryAt === null ? 'true' : 'false', failed.failing ? 'true' : 'false', version],
    ],
  )
}

/** Says once that a stream is behind; false when it was said before. */
export async function markLagging(sql: Sql, id: string, at: Date): Promise<boolean> {
  const row = await queryOne<{ id: string }>(
    sql,
    "UPDATE stream SET lagged_at = $2::timestamptz WHERE id = $1::uuid AND lagged_at IS NULL AND state IN ('active', 'failing') RETURNING id::text AS id",
    [id, at],
  )
  return row !== null
}

/** Forgets that a stream was behind; false when it was not. */
export async function clearLagging(sql: Sql, id: string): Promise<boolean> {
  const row = await queryOne<{ id: string }>(
    sql,
    'UPDATE stream SET lagged_at = NULL WHERE id = $1::uuid AND lagged_at IS NOT NULL RETURNING id::text AS id',
    [id],
  )
  return row !== null
}
