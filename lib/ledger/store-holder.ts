import { query, queryOne, type Sql } from '@/lib/ledger/sql'

export const HOLDER_KINDS = ['witness', 'webhook', 'watcher'] as const
export type HolderKind = (typeof HOLDER_KINDS)[number]

export type HolderRow = {
  kind: HolderKind
  name: string
  size: string
  note: string | null
  first_at: Date
  held_at: Date | null
  tried_at: Date | null
  failure: string | null
}

/** Who holds checkpoints: a handful of rows; index holder_pkey. */
export function holderRows(sql: Sql): Promise<HolderRow[]> {
  return query(
    sql,
    `SELECT kind, name, size::text AS size, note, first_at, held_at, tried_at, failure FROM ledger.holder ORDER BY kind, name`,
  )
}

/**
 * Notes a watcher's visit, unless that was done a few seconds ago. A new name is noted while there are fewer than `most`: anybody may
 * call themselves anything.
 */
export async function noteVisit(sql: Sql, name: string, size: number, most: number): Promise<void> {
  await query(
    sql,
    `INSERT INTO ledger.holder (kind, name, size, held_at)
     SELECT 'watcher', $1, $2::bigint, clock_timestamp()
      WHERE EXISTS (SELECT FROM ledger.holder WHERE kind = 'watcher' AND name = $1)
         OR (SELECT count(*) FROM ledger.holder WHERE kind = 'watcher') < $3::int
     ON CONFLICT (kind, name) DO UPDATE SET size = EXCLUDED.size, held_at = EXCLUDED.held_at
      WHERE holder.held_at IS NULL OR holder.held_at < clock_timestamp() - interval '5 seconds'`,
    [name, size, most],
  )
}

/** Forgets watchers that were not seen for so long that nobody expects them any more. */
export async function forgetWatchers(sql: Sql, afterDays: number): Promise<void> {
  await query(
    sql,
    `DELETE FROM ledger.holder WHERE kind = 'watcher' AND held_at < clock_timestamp() - make_interval(days => $1::int)`,
    [afterDays],
  )
}

/** Forgets receivers that the operator no longer names. */
export async function forgetReceivers(sql: Sql, kind: HolderKind, named: readonly string[]): Promise<void> {
  await query(
    sql,
    `DELETE FROM ledger.holder WHERE kind = $1 AND name NOT IN (SELECT jsonb_array_elements_text($2::jsonb))`,
    [kind, JSON.stringify(named)],
  )
}

/** Takes the next turn at a receiver, for one replica alone; null while it is not time, or another has it. */
export function claimHolder(
  sql: Sql,
  kind: HolderKind,
  name: string,
  everySeconds: number,
): Promise<{ size: string; held_at: Date | null; tried_at: Date | null; first_at: Date } | null> {
  return queryOne(
    sql,
    `INSERT INTO ledger.holder (kind, name, tried_at) VALUES ($1, $2, clock_timestamp())
     ON CONFLICT (kind, name) DO UPDATE SET tried_at = EXCLUDED.tried_at
      WHERE holder.tried_at IS NULL OR holder.tried_at < clock_timestamp() - least(600, greatest($3::float8,
              CASE WHEN holder.failure IS NULL THEN 0
                   ELSE extract(epoch FROM holder.tried_at - coalesce(holder.held_at, holder.first_at)) / 2 END)) * interval '1 second'
     RETURNING size::text AS size, held_at, tried_at, first_at`,
    [kind, name, everySeconds],
  )
}

/** What came of a turn: the size that is held from now on, with what a witness signed; or why not. */
export async function settleHolder(
  sql: Sql,
  kind: HolderKind,
  name: string,
  outcome: { size: number; note: string | null } | { failure: string },
): Promise<void> {
  if ('failure' in outcome) {
    await query(sql, 'UPDATE ledger.holder SET failure = $3 WHERE kind = $1 AND name = $2', [
      kind,
      name,
      outcome.failure.slice(0, 300),
    ])
    return
  }
  await query(
    sql,
    `UPDATE ledger.holder SET size = $3::bigint, note = $4, held_at = clock_timestamp(), failure = NULL WHERE kind = $1 AND name = $2`,
    [kind, name, outcome.size, outcome.note],
  )
}
