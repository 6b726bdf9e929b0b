import type { Bounds, Compiled, Condition } from '@/lib/audit/compile'
import type { Outcome } from '@/lib/ledger/entry'
import { query, queryOne, type Sql, type SqlValue } from '@/lib/ledger/sql'

/** Ids a statement looks between: `low` included, `high` not. */
export type Span = { low: string; high: string }

/** How many entries the first window holds; each next one is four times as large. */
const FIRST_WINDOW = 2_000
const GROWTH = 4

/**
 * Up to `limit` ids that meet a query, from one end of a span: the newest first, or the oldest first. It looks at windows of the log
 * that grow until the page is full. In a small window a common value is found by reading on from the end; in a large one Postgres
 * takes the index of a rare value: neither has to be guessed, and no sort ever holds more than a window (ADR 0011).
 */
export async function findIds(
  sql: Sql,
  compiled: Compiled,
  span: Span,
  { limit, oldestFirst }: { limit: number; oldestFirst: boolean },
): Promise<string[]> {
  const found: string[] = []
  const free = isFree(compiled)
  let { low, high } = span
  for (let size = FIRST_WINDOW; found.length < limit && low < high; size *= GROWTH) {
    const edge = free ? null : await windowEdge(sql, { low, high }, size, oldestFirst)
    const window = oldestFirst ? { low, high: edge ?? high } : { low: edge ?? low, high }
    found.push(...(await idsWithin(sql, compiled, window, limit - found.length, oldestFirst)))
    if (edge === null) break
    if (oldestFirst) low = edge
    else high = edge
  }
  return found
}

/** Where a window of `size` entries ends, by the dense index; null when the span has no more than that. Indexes entry_pkey, leaf_pkey. */
async function windowEdge(sql: Sql, { low, high }: Span, size: number, oldestFirst: boolean): Promise<string | null> {
  const row = await queryOne<{ id: string }>(
    sql,
    oldestFirst
      ? `SELECT l.entry_id::text AS id FROM ledger.leaf l
          WHERE l.idx = $3::bigint + (SELECT f.idx FROM ledger.leaf f WHERE f.entry_id =
            (SELECT e.id FROM ledger.entry e WHERE e.id >= $1::uuid AND e.id < $2::uuid ORDER BY e.id LIMIT 1))`
      : `SELECT l.entry_id::text AS id FROM ledger.leaf l
          WHERE l.idx = (SELECT f.idx FROM ledger.leaf f WHERE f.entry_id =
            (SELECT e.id FROM ledger.entry e JOIN ledger.leaf s ON s.entry_id = e.id
              WHERE e.id >= $1::uuid AND e.id < $2::uuid ORDER BY e.id DESC LIMIT 1)) - $3::bigint`,
    [low, high, size],
  )
  // indexes are given after commit, so that neighbours by index may lie the other way by id
  return row !== null && row.id > low && row.id < high ? row.id : null
}

function idsWithin(sql: Sql, compiled: Compiled, span: Span, limit: number, oldestFirst: boolean): Promise<string[]> {
  const values: SqlValue[] = []
  const given = (value: SqlValue) => `$${values.push(value)}`
  const order = oldestFirst ? 'ASC' : 'DESC'
  const text = `SELECT ${leader(compiled)}::text AS id FROM ${fromWhere(compiled, span, given)} ORDER BY ${leader(compiled)} ${order} LIMIT ${given(limit)}::int`
  return query<{ id: string }>(sql, text, values).then((rows) => rows.map(({ id }) => id))
}

/** How many entries of a span meet a query, counted to `most` and no further. */
export async function countIds(sql: Sql, compiled: Compiled, span: Span, most: number): Promise<number> {
  const values: SqlValue[] = []
  const given = (value: SqlValue) => `$${values.push(value)}`
  const text = `SELECT count(*)::int AS n FROM (SELECT FROM ${fromWhere(compiled, span, given)} LIMIT ${given(most)}::int) found`
  return (await queryOne<{ n: number }>(sql, text, values))?.n ?? 0
}

export type BucketRow = { bucket: number; outcome: Outcome | null; n: number }

/**
 * How many entries of each outcome lie in each bucket of a span. `edges` are the first ids of the buckets. What would take too long
 * to count is counted in a part of the pages, `share` of them, and the numbers are what that part stands for.
 */
export async function countBuckets(
  sql: Sql,
  compiled: Compiled,
  span: Span,
  edges: readonly string[],
): Promise<{ rows: BucketRow[]; share: number }> {
  const share = await shareToRead(sql, compiled, span)
  const values: SqlValue[] = []
  const given = (value: SqlValue) => `$${values.push(value)}`
  const ids = given(edges.join(','))
  const rows = await query<BucketRow>(
    sql,
    `SELECT width_bucket(e.id, string_to_array(${ids}, ',')::uuid[]) - 1 AS bucket, e.outcome, count(*)::int AS n
       FROM ${fromWhere(compiled, span, given, share)} GROUP BY 1, 2 ORDER BY 1, 2`,
    values,
  )
  return { rows: share === 1 ? rows : rows.map((row) => ({ ...row, n: Math.round(row.n / share) })), share }
}

/** What the planner may expect to read before pages are sampled; in its own units, of some 5 µs each. */
const MOST_COST = 40_000
const TRIED_SHARE = 0.01
const LEAST_SHARE = 0.0005

async function shareToRead(sql: Sql, compiled: Compiled, span: Span): Promise<number> {
  const whole = await expectedCost(sql, compiled, span, 1)
  if (whole <= MOST_COST) return 1
  // What a part costs is no part of that: an index may lead to few rows of many pages, and a sample reads pages.
  const part = await expectedCost(sql, compiled, span, TRIED_SHARE)
  const share = Math.max((TRIED_SHARE * MOST_COST) / part, LEAST_SHARE)
  return share >= 1 ? 1 : share
}

async function expectedCost(sql: Sql, compiled: Compiled, span: Span, share: number): Promise<number> {
  const values: SqlValue[] = []
  const given = (value: SqlValue) => `$${values.push(value)}`
  const [row] = await query<Record<string, unknown>>(
    sql,
    `EXPLAIN (FORMAT JSON) SELECT e.outcome FROM ${fromWhere(compiled, span, given, share)}`,
    values,
  )
  const said = Object.values(row ?? {})[0]
  const plans = (typeof said === 'string' ? JSON.parse(said) : said) as { Plan: { 'Total Cost': number } }[]
  return plans[0]?.Plan['Total Cost'] ?? 0
}

/**
 * `ledger.entry e … WHERE …`: everything a statement says after FROM. With a `share` below 1, of a part of the pages that stays the same.
 *
 * The bounds are on one table alone. On both, the planner guesses one row in each (it knows no distances between ids), and joins
 * thousands with thousands one by one.
 */
function fromWhere(compiled: Compiled, span: Span, given: (value: SqlValue) => string, share = 1): string {
  const bounds: Bounds = { low: given(span.low), high: given(span.high) }
  const all = (conditions: readonly Condition[]) =>
    conditions.map((condition) => ` AND (${condition(given, bounds)})`).join('')
  const sample = share < 1 ? ` TABLESAMPLE SYSTEM (${given(share * 100)}::float8) REPEATABLE (1)` : ''
  const id = leader(compiled)
  const tables =
    id === 'e.id' ? `ledger.entry e${sample}` : `ledger.projection p${sample} JOIN ledger.entry e ON e.id = p.entry_id`
  const without = compiled.without
    .map(
      (condition) =>
        ` AND NOT EXISTS (SELECT FROM ledger.projection p WHERE p.entry_id = e.id AND (${condition(given, bounds)}))`,
    )
    .join('')
  return `${tables} WHERE ${id} >= ${bounds.low}::uuid AND ${id} < ${bounds.high}::uuid${all(compiled.entry)}${all(compiled.projection)}${without}`
}

/** The column a query's windows and pages are cut by: of the table that it is sure to read. */
const leader = ({ projection }: Compiled): 'e.id' | 'p.entry_id' => (projection.length === 0 ? 'e.id' : 'p.entry_id')

const isFree = ({ entry, projection, without }: Compiled): boolean =>
  entry.length + projection.length + without.length === 0

export type FacetRow = { field: 'outcome' | 'kind' | 'agent' | 'action' | 'reason'; value: string; n: number }

/** How often each value stands in some entries, the most frequent first. */
export function facetRows(sql: Sql, ids: readonly string[]): Promise<FacetRow[]> {
  if (ids.length === 0) return Promise.resolve([])
  return query(
    sql,
    `SELECT CASE WHEN GROUPING(e.outcome) = 0 THEN 'outcome' WHEN GROUPING(e.kind) = 0 THEN 'kind' WHEN GROUPING(a.slug) = 0 THEN 'agent'
                 WHEN GROUPING(p.tool) = 0 THEN 'action' ELSE 'reason' END AS field,
            coalesce(e.outcome, e.kind, a.slug, p.tool, e.reason_code) AS value, count(*)::int AS n
       FROM ledger.entry e LEFT JOIN agent a ON a.id = e.agent_id LEFT JOIN ledger.projection p ON p.entry_id = e.id
      WHERE e.id = ANY (string_to_array($1, ',')::uuid[])
      GROUP BY GROUPING SETS ((e.outcome), (e.kind), (a.slug), (p.tool), (e.reason_code))
     HAVING num_nonnulls(e.outcome, e.kind, a.slug, p.tool, e.reason_code) = 1
      ORDER BY n DESC, value`,
    [ids.join(',')],
  )
}

const SEEN = {
  resource: "p.resource_type || '/' || p.resource_id",
  requester: 'p.requester',
  skill: 'p.skill',
  action: 'p.tool',
  rule: "(convert_from(e.envelope, 'UTF8')::jsonb) ->> 'rule'",
} as const
const SEEN_IN_LISTS = {
  signal: 'unnest(p.signals)',
  intel: 'unnest(p.intel)',
  label: "jsonb_array_elements_text(convert_from(e.envelope, 'UTF8')::jsonb -> 'labels')",
} as const
export type SeenField = keyof typeof SEEN | keyof typeof SEEN_IN_LISTS

/** Values that stand in some entries, those that begin as asked, the most frequent first. */
export async function seenIn(
  sql: Sql,
  ids: readonly string[],
  field: SeenField,
  pattern: string,
  most: number,
): Promise<string[]> {
  if (ids.length === 0) return []
  const value = field in SEEN ? SEEN[field as keyof typeof SEEN] : 's.said'
  const from =
    field in SEEN ? '' : ` CROSS JOIN LATERAL ${SEEN_IN_LISTS[field as keyof typeof SEEN_IN_LISTS]} AS s(said)`
  const rows = await query<{ value: string }>(
    sql,
    `SELECT ${value} AS value FROM ledger.entry e LEFT JOIN ledger.projection p ON p.entry_id = e.id${from}
      WHERE e.id = ANY (string_to_array($1, ',')::uuid[]) AND lower(${value}) LIKE $2
      GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT $3::int`,
    [ids.join(','), pattern, most],
  )
  return rows.map((row) => row.value)
}
