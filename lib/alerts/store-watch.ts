import type { Boundary, WatchedKind } from '@/lib/boundary/boundary'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { Tally } from './watch'

/** What is watched of one agent: its boundary in force, and until when it was stopped (Infinity: still, or about to be). */
export type WatchedAgent = {
  agentId: string
  slug: string
  ownerId: string
  version: number
  document: Boundary
  /** ms since 1970 */
  stoppedUntil: number
}

/** Of these agents (null: all), those whose boundary in force has watch rules (`on`: of that kind). Uses `boundary_version_agent_id_version_key`, `halt_in_force`. */
export async function findWatched(
  sql: Sql,
  agentIds: readonly string[] | null,
  on: WatchedKind | null = null,
): Promise<WatchedAgent[]> {
  const rows = await query<Omit<WatchedAgent, 'stoppedUntil'> & { halted: boolean; lifted: Date | null }>(
    sql,
    `SELECT a.id::text AS "agentId", a.slug, a.owner_id::text AS "ownerId", b.version, b.document,
        EXISTS (SELECT FROM halt h WHERE h.scope = 'agent' AND h.target = a.id::text AND h.lifted_at IS NULL)
          OR EXISTS (SELECT FROM watch_firing f WHERE f.agent_id = a.id AND f.settled_at IS NULL) AS halted,
        (SELECT max(h.lifted_at) FROM halt h WHERE h.scope = 'agent' AND h.target = a.id::text) AS lifted
       FROM agent a
       JOIN LATERAL (SELECT v.version, v.document FROM boundary_version v WHERE v.agent_id = a.id AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1) b ON true
      WHERE ($1::text IS NULL OR a.id = ANY (string_to_array($1, ',')::uuid[])) AND jsonb_array_length(coalesce(b.document -> 'watch', '[]')) > 0
        AND ($2::text IS NULL OR b.document -> 'watch' @> jsonb_build_array(jsonb_build_object('on', $2)))`,
    [agentIds === null ? null : agentIds.join(','), on],
  )
  return rows.map(({ halted, lifted, ...row }) => ({
    ...row,
    stoppedUntil: halted ? Infinity : (lifted?.getTime() ?? 0),
  }))
}

/** What the rules of an agent have counted, by rule. */
export async function findTallies(sql: Sql, agentId: string): Promise<Map<string, Tally>> {
  const rows = await query<{ rule: string; seen: Tally }>(
    sql,
    'SELECT rule, seen FROM watch_tally WHERE agent_id = $1::uuid',
    [agentId],
  )
  return new Map(rows.map(({ rule, seen }) => [rule, seen]))
}

/** Keeps exactly these tallies of an agent: what its rules no longer count is let go. */
export async function keepTallies(sql: Sql, agentId: string, tallies: ReadonlyMap<string, Tally>): Promise<void> {
  const kept = JSON.stringify([...tallies].map(([rule, seen]) => ({ rule, seen })))
  await query(
    sql,
    `WITH kept AS (SELECT x.rule, x.seen FROM jsonb_to_recordset($2::jsonb) AS x(rule text, seen jsonb)),
          gone AS (DELETE FROM watch_tally WHERE agent_id = $1::uuid AND rule NOT IN (SELECT rule FROM kept))
     INSERT INTO watch_tally (agent_id, rule, seen) SELECT $1::uuid, rule, seen FROM kept
     ON CONFLICT (agent_id, rule) DO UPDATE SET seen = EXCLUDED.seen`,
    [agentId, kept],
  )
}

/** Of how many of an agent's newest decisions the tools count as used before, when a rule first asks. */
const REMEMBERED = 20_000
/** Beyond so many different tools every further one counts as new. */
const MOST_TOOLS = 10_000

/** Learns which tools an agent used before an entry, from the log; uses `entry_agent`. */
export async function learnTools(sql: Sql, agentId: string, beforeIndex: number): Promise<void> {
  await query(
    sql,
    `INSERT INTO watch_tool (agent_id, tool)
     SELECT DISTINCT $1::uuid, sha256(convert_to($1 || ' ' || p.tool, 'UTF8'))
       FROM (SELECT e.id, e.kind, e.outcome FROM ledger.entry e WHERE e.agent_id = $1::uuid ORDER BY e.id DESC LIMIT ${REMEMBERED}) e
       JOIN ledger.leaf l ON l.entry_id = e.id AND l.idx < $2::text::bigint JOIN ledger.projection p ON p.entry_id = e.id
      WHERE e.kind = 'action.decided' AND e.outcome IN ('allow', 'hold') AND p.tool IS NOT NULL LIMIT ${MOST_TOOLS}
     ON CONFLICT DO NOTHING`,
    [agentId, beforeIndex.toString()],
  )
}

/** Notes that an agent used a tool; true when it never had before. */
export async function noteTool(sql: Sql, agentId: string, tool: string): Promise<boolean> {
  const key = `sha256(convert_to($1 || ' ' || $2, 'UTF8'))`
  const known = await queryOne<{ known: boolean }>(
    sql,
    `SELECT EXISTS (SELECT FROM watch_tool WHERE agent_id = $1::uuid AND tool = ${key}) AS known`,
    [agentId, tool],
  )
  if (known?.known === true) return false
  await query(
    sql,
    `INSERT INTO watch_tool (agent_id, tool) SELECT $1::uuid, ${key}
      WHERE (SELECT count(*) FROM watch_tool WHERE agent_id = $1::uuid) < ${MOST_TOOLS} ON CONFLICT DO NOTHING`,
    [agentId, tool],
  )
  return true
}

export type FiringRow = {
  id: string
  agentId: string
  alertId: string
  version: number
  place: number
  rule: string
  follows: 'halt' | 'alert'
  /** the reason of its halt */
  reason: string
  index: number
  entryId: string
  at: Date
}

/** Writes that a rule came true; false when it did for this very entry before. An alert alone is settled with it. */
export async function insertFiring(sql: Sql, firing: FiringRow): Promise<boolean> {
  const row = await queryOne(
    sql,
    `INSERT INTO watch_firing (id, agent_id, alert_id, version, place, rule, follows, index, entry_id, at, reason, settled_at)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4::int, $5::int, $6, $7, $8::text::bigint, $9::uuid, $10::timestamptz, $11, CASE WHEN $7 = 'alert' THEN clock_timestamp() END)
     ON CONFLICT (agent_id, rule, index) DO NOTHING RETURNING id::text AS id`,
    [
      firing.id,
      firing.agentId,
      firing.alertId,
      firing.version,
      firing.place,
      firing.rule,
      firing.follows,
      firing.index.toString(),
      firing.entryId,
      firing.at,
      firing.reason,
    ],
  )
  return row !== null
}

/** Whether a rule has come true for this entry before. */
export async function hasFired(sql: Sql, agentId: string, rule: string, index: number): Promise<boolean> {
  const row = await queryOne(
    sql,
    'SELECT id::text AS id FROM watch_firing WHERE agent_id = $1::uuid AND rule = $2 AND index = $3::text::bigint',
    [agentId, rule, index.toString()],
  )
  return row !== null
}

/** A firing whose halt nobody has seen in force yet; `engaged`: a halt of its id was, and may be lifted since. */
export type Unsettled = { id: string; slug: string; alertId: string; place: number; reason: string; engaged: boolean }

/** All of them, oldest first; uses `watch_firing_unsettled`. */
export async function findUnsettled(sql: Sql): Promise<Unsettled[]> {
  return query(
    sql,
    `SELECT f.id::text AS id, a.slug, f.alert_id::text AS "alertId", f.place, f.reason, EXISTS (SELECT FROM halt h WHERE h.id = f.id) AS engaged
       FROM watch_firing f JOIN agent a ON a.id = f.agent_id WHERE f.settled_at IS NULL ORDER BY f.fired_at LIMIT 100`,
  )
}

/** Notes which halt answered a firing. */
export async function settle(sql: Sql, id: string, haltId: string): Promise<void> {
  await query(
    sql,
    'UPDATE watch_firing SET settled_at = clock_timestamp(), halt_id = $2::uuid WHERE id = $1::uuid AND settled_at IS NULL',
    [id, haltId],
  )
}

export type LongRun = { runId: string; index: number; entryId: string; openedAt: Date }

/** Runs of an agent that are open and have been for longer than this, with the entry that opened them, unless a rule came true for them before. */
export async function findLongRuns(sql: Sql, agentId: string, rule: string, openedBefore: Date): Promise<LongRun[]> {
  const rows = await query<Omit<LongRun, 'index'> & { index: string }>(
    sql,
    `SELECT r.id::text AS "runId", l.idx::text AS index, e.id::text AS "entryId", r.opened_at AS "openedAt"
       FROM run r JOIN ledger.entry e ON e.run_id = r.id AND e.kind = 'run.opened' JOIN ledger.leaf l ON l.entry_id = e.id
      WHERE r.agent_id = $1::uuid AND r.opened_at <= $2::timestamptz AND r.closed_at IS NULL AND r.lease_until > clock_timestamp()
        AND NOT EXISTS (SELECT FROM watch_firing f WHERE f.agent_id = r.agent_id AND f.rule = $3 AND f.index = l.idx)
      ORDER BY r.opened_at LIMIT 20`,
    [agentId, openedBefore, rule],
  )
  return rows.map((row) => ({ ...row, index: Number(row.index) }))
}
