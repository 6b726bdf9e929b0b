import type { StoredProjection } from '@/lib/ledger/payload'
import { query, queryOne, type Sql, type SqlValue } from '@/lib/ledger/sql'
import type { Tile, TileId } from '@/lib/ledger/tile'

export type EntryRow = {
  id: string
  idx: string | null
  recorded_at: Date
  envelope: Uint8Array
  projection: StoredProjection | null
}

const COLUMNS = `e.id::text AS id, l.idx::text AS idx, e.recorded_at, e.envelope,
  CASE WHEN j.entry_id IS NOT NULL THEN to_jsonb(j) - 'entry_id' END AS projection`
const JOINS = `LEFT JOIN ledger.leaf l ON l.entry_id = e.id LEFT JOIN ledger.projection j ON j.entry_id = e.id`

export type EntryFilter = {
  agentId?: string
  /** entries about any of these agents */
  agentIds?: readonly string[]
  outcome?: string
  kinds?: readonly string[]
  personId?: string
  runId?: string
}

/**
 * One page of entries by id, which is by time. Only the conditions that are asked for are in the statement: with `$1 IS NULL
 * OR …` no plan would use entry_agent, entry_outcome or entry_pkey, whose order this relies on.
 */
export function pageOfEntries(
  sql: Sql,
  filter: EntryFilter,
  from: { than: string | null; newer: boolean },
  limit: number,
): Promise<EntryRow[]> {
  const values: SqlValue[] = []
  const given = (value: SqlValue) => `$${values.push(value)}`
  const where = whereOf(filter, from, given)
  // The page is cut before the joins, so that they touch its rows alone.
  return query(
    sql,
    `SELECT ${COLUMNS} FROM (
       SELECT e.id, e.recorded_at, e.envelope FROM ledger.entry e ${where}
        ORDER BY e.id ${from.newer ? 'ASC' : 'DESC'} LIMIT ${given(limit)}::int) e
     ${JOINS} ORDER BY e.id DESC`,
    values,
  )
}

/** How many entries are newer than one, counted to `most` and no further; the indexes of `pageOfEntries`. */
export async function countNewerRows(sql: Sql, filter: EntryFilter, than: string, most: number): Promise<number> {
  const values: SqlValue[] = []
  const given = (value: SqlValue) => `$${values.push(value)}`
  const where = whereOf(filter, { than, newer: true }, given)
  const row = await queryOne<{ n: number }>(
    sql,
    `SELECT count(*)::int AS n FROM (SELECT FROM ledger.entry e ${where} LIMIT ${given(most)}::int) newer`,
    values,
  )
  return row?.n ?? 0
}

function whereOf(
  filter: EntryFilter,
  from: { than: string | null; newer: boolean },
  given: (value: SqlValue) => string,
): string {
  const conditions = [
    filter.agentId !== undefined && `e.agent_id = ${given(filter.agentId)}::uuid`,
    filter.agentIds !== undefined &&
      `e.agent_id = ANY (string_to_array(${given(filter.agentIds.join(','))}, ',')::uuid[])`,
    filter.outcome !== undefined && `e.outcome = ${given(filter.outcome)}`,
    filter.kinds !== undefined && `e.kind = ANY (string_to_array(${given(filter.kinds.join(','))}, ','))`,
    filter.personId !== undefined && `e.person_id = ${given(filter.personId)}::uuid`,
    filter.runId !== undefined && `e.run_id = ${given(filter.runId)}::uuid`,
    from.than !== null && `e.id ${from.newer ? '>' : '<'} ${given(from.than)}::uuid`,
  ].filter((condition) => condition !== false)
  return conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
}

/** One entry; index entry_pkey. */
export function entryRow(sql: Sql, id: string): Promise<EntryRow | null> {
  return queryOne(sql, `SELECT ${COLUMNS} FROM ledger.entry e ${JOINS} WHERE e.id = $1::uuid`, [id])
}

/** Entries by their ids, newest first; index entry_pkey. */
export function entryRowsByIds(sql: Sql, ids: readonly string[]): Promise<EntryRow[]> {
  return query(
    sql,
    `SELECT ${COLUMNS} FROM ledger.entry e ${JOINS} WHERE e.id = ANY (string_to_array($1, ',')::uuid[]) ORDER BY e.id DESC`,
    [ids.join(',')],
  )
}

/** The entry at an index of the log; index leaf_pkey. */
export function entryRowAt(sql: Sql, idx: number): Promise<EntryRow | null> {
  return queryOne(
    sql,
    `SELECT ${COLUMNS} FROM ledger.leaf l JOIN ledger.entry e ON e.id = l.entry_id LEFT JOIN ledger.projection j ON j.entry_id = e.id
      WHERE l.idx = $1::bigint`,
    [idx],
  )
}

/** Everything about one action, oldest first; indexes entry_pkey, entry_action. */
export function entryRowsOfAction(sql: Sql, actionId: string): Promise<EntryRow[]> {
  return query(
    sql,
    `SELECT ${COLUMNS} FROM (
       SELECT id, recorded_at, envelope FROM ledger.entry WHERE id = $1::uuid
       UNION ALL SELECT id, recorded_at, envelope FROM ledger.entry WHERE action_id = $1::uuid) e
     ${JOINS} ORDER BY e.id`,
    [actionId],
  )
}

/** Entries from an index on, in the log's order; index leaf_pkey. */
export function entryRowsFrom(sql: Sql, idx: number, limit: number): Promise<EntryRow[]> {
  return query(
    sql,
    `SELECT ${COLUMNS} FROM (SELECT idx, entry_id FROM ledger.leaf WHERE idx >= $1::bigint ORDER BY idx LIMIT $2::int) l
       JOIN ledger.entry e ON e.id = l.entry_id LEFT JOIN ledger.projection j ON j.entry_id = e.id
      ORDER BY l.idx`,
    [idx, limit],
  )
}

export type StatusRow = {
  origin: string | null
  vkey: string | null
  receipt_vkey: string | null
  size: string
  note: string | null
  signed_at: Date | null
  waiting: string
  waiting_since: Date | null
  quarantined: string
}

export function statusRow(sql: Sql): Promise<StatusRow | null> {
  return queryOne(
    sql,
    `SELECT o.origin, coalesce(s.new_vkey, o.vkey) AS vkey, o.receipt_vkey, h.size::text AS size, h.note, h.signed_at, p.waiting::text AS waiting, p.waiting_since,
            (SELECT count(*) FROM ledger.quarantine)::text AS quarantined
       FROM ledger.tree_head h
       LEFT JOIN LATERAL (SELECT origin, vkey, receipt_vkey FROM ledger.origin ORDER BY n DESC LIMIT 1) o ON true
       LEFT JOIN LATERAL (SELECT new_vkey FROM ledger.succession ORDER BY n DESC LIMIT 1) s ON true
      CROSS JOIN LATERAL (SELECT count(*) AS waiting, min(queued_at) AS waiting_since FROM ledger.pending) p
      WHERE h.id = 1`,
  )
}

/** The named tiles, for either driver; index tile_pkey. */
export async function tilesNamed(sql: Sql, ids: readonly TileId[]): Promise<Tile[]> {
  const rows = await query<{ level: number; n: string; hashes: Uint8Array }>(
    sql,
    `SELECT t.level::int AS level, t.n::text AS n, t.hashes
       FROM jsonb_to_recordset($1::jsonb) AS asked(level smallint, n bigint) JOIN ledger.tile t USING (level, n)`,
    [JSON.stringify(ids)],
  )
  return rows.map(({ level, n, hashes }) => ({ level, n: Number(n), hashes: Buffer.from(hashes) }))
}

/** Locks how far a consumer has read: the index it reads next. Null when it never read, or another replica reads for it. */
export async function lockCursor(sql: Sql, consumer: string): Promise<number | null> {
  const row = await queryOne<{ idx: string }>(
    sql,
    'SELECT idx::text AS idx FROM ledger.cursor WHERE consumer = $1 FOR UPDATE SKIP LOCKED',
    [consumer],
  )
  return row ? Number(row.idx) : null
}

/** Has a consumer that is seen for the first time read from `start` on; nothing happens to one that has read before. */
export async function startCursor(sql: Sql, consumer: string, start: number): Promise<void> {
  await query(sql, 'INSERT INTO ledger.cursor (consumer, idx) VALUES ($1, $2::bigint) ON CONFLICT DO NOTHING', [
    consumer,
    start,
  ])
}

export async function moveCursor(sql: Sql, consumer: string, idx: number): Promise<void> {
  await query(sql, 'UPDATE ledger.cursor SET idx = $2::bigint, updated_at = clock_timestamp() WHERE consumer = $1', [
    consumer,
    idx,
  ])
}
