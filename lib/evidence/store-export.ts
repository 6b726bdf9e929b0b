import { uuidv7 } from '@/lib/core/ids'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** The least id of a moment: ids are by time, so this is where the moment begins. */
const firstId = (at: Date): string => uuidv7(Math.max(at.getTime(), 0), new Uint8Array(10))

/** The places of the log that hold what was made in [from, to): first and last, null where there is nothing; index entry_pkey. */
export async function placesOf(sql: Sql, from: Date, to: Date): Promise<{ first: number; last: number } | null> {
  const row = await queryOne<{ first: string | null; last: string | null }>(
    sql,
    `SELECT min(l.idx)::text AS first, max(l.idx)::text AS last FROM ledger.entry e JOIN ledger.leaf l ON l.entry_id = e.id
      WHERE e.id >= $1::uuid AND e.id < $2::uuid`,
    [firstId(from), firstId(to)],
  )
  return row?.first && row.last ? { first: Number(row.first), last: Number(row.last) } : null
}

/** The place of the newest entry made before a moment; null where there is none. */
export async function placeBefore(sql: Sql, at: Date): Promise<number | null> {
  const row = await queryOne<{ idx: string }>(
    sql,
    `SELECT l.idx::text AS idx FROM ledger.entry e JOIN ledger.leaf l ON l.entry_id = e.id
      WHERE e.id < $1::uuid ORDER BY e.id DESC LIMIT 1`,
    [firstId(at)],
  )
  return row && Number(row.idx)
}

/** The place of the oldest entry made at or after a moment; null where there is none. */
export async function placeAfter(sql: Sql, at: Date): Promise<number | null> {
  const row = await queryOne<{ idx: string }>(
    sql,
    `SELECT l.idx::text AS idx FROM ledger.entry e JOIN ledger.leaf l ON l.entry_id = e.id
      WHERE e.id >= $1::uuid ORDER BY e.id LIMIT 1`,
    [firstId(at)],
  )
  return row && Number(row.idx)
}

/** When the first entry of the log was made; null while there is none. */
export async function firstEntryId(sql: Sql): Promise<string | null> {
  const row = await queryOne<{ id: string }>(sql, 'SELECT id::text AS id FROM ledger.entry ORDER BY id LIMIT 1')
  return row?.id ?? null
}

/** The kept checkpoints of sizes in (after, upTo], ascending. */
export async function keptCheckpoints(
  sql: Sql,
  after: number,
  upTo: number,
): Promise<{ size: number; note: string }[]> {
  const rows = await query<{ size: string; note: string }>(
    sql,
    // by the column and not by its text, which would put 10 before 9
    `SELECT DISTINCT ON (c.size) c.size::text AS size, c.note FROM ledger.checkpoint c
      WHERE c.size > $1::bigint AND c.size <= $2::bigint ORDER BY c.size, c.origin_n DESC`,
    [after, upTo],
  )
  return rows.map(({ size, note }) => ({ size: Number(size), note }))
}

/** Every name and key the log was ever signed under, oldest first. */
export function listOrigins(sql: Sql): Promise<{ origin: string; vkey: string; receipt_vkey: string }[]> {
  return query(sql, 'SELECT origin, vkey, receipt_vkey FROM ledger.origin ORDER BY n')
}

/** The place of one entry; null while it has none. */
export async function placeOf(sql: Sql, entryId: string): Promise<number | null> {
  const row = await queryOne<{ idx: string }>(
    sql,
    'SELECT idx::text AS idx FROM ledger.leaf WHERE entry_id = $1::uuid',
    [entryId],
  )
  return row && Number(row.idx)
}

/** The places of entries of some kinds before `end`, about some agents or any. */
export async function placesOfKinds(
  sql: Sql,
  kinds: readonly string[],
  agentIds: readonly string[] | null,
  end: number,
): Promise<number[]> {
  const rows = await query<{ idx: string }>(
    sql,
    `SELECT l.idx::text AS idx FROM ledger.entry e JOIN ledger.leaf l ON l.entry_id = e.id
      WHERE e.kind = ANY (string_to_array($1, ',')) AND l.idx < $2::bigint
        AND ($3::text IS NULL OR e.agent_id = ANY (string_to_array($3::text, ',')::uuid[]))
      ORDER BY l.idx`,
    [kinds.join(','), end, agentIds === null ? null : agentIds.join(',')],
  )
  return rows.map(({ idx }) => Number(idx))
}

/** What people, agents and teams are called now, by id. */
export async function namesOf(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await query<{ id: string; name: string }>(
    sql,
    `SELECT id::text AS id, name FROM person WHERE id = ANY (string_to_array($1, ',')::uuid[])
     UNION ALL SELECT id::text, slug FROM agent WHERE id = ANY (string_to_array($1, ',')::uuid[])`,
    [[...new Set(ids)].join(',')],
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

export function findAgentNamed(sql: Sql, slug: string): Promise<{ id: string; slug: string } | null> {
  return queryOne(sql, 'SELECT id::text AS id, slug FROM agent WHERE slug = $1', [slug])
}
