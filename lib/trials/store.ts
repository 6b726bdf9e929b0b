import type pg from 'pg'
import type { Baseline, Boundary } from '@/lib/boundary/boundary'
import type { Decision } from '@/lib/decisions/decision'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { SimulationResult } from './changes'

export type PastRow = {
  id: string
  said: string
  /** whether what lists show of it is still there */
  shown: boolean
  tool: string | null
  resource_type: string | null
  resource_id: string | null
  tainted: boolean
  opened_at: number | null
  sandbox: unknown
}

/**
 * The next decisions about an agent in the order they were made, by the index `entry_agent`. What is looked up beside each is looked up by its
 * primary key, one by one: the planner, which cannot see how few there are, would read the whole of it for every batch.
 * @param limit a whole number of ours, written out for the planner
 * @param shown false: what lists show is looked up only where the entry itself does not name the tool
 */
export async function nextDecisions(
  pool: pg.Pool,
  agentId: string,
  after: string,
  end: string,
  limit: number,
  shown: boolean,
): Promise<PastRow[]> {
  const { rows } = await pool.query<PastRow>(
    `SELECT e.id::text AS id, convert_from(e.envelope, 'UTF8') AS said, j.entry_id IS NOT NULL AS shown, j.tool, j.resource_type, j.resource_id,
            coalesce(r.tainted_at <= e.recorded_at, false) AS tainted,
            (extract(epoch FROM r.opened_at) * 1000)::float8 AS opened_at, coalesce(s.enforced, r.sandbox) AS sandbox
       FROM (SELECT id, envelope, run_id, recorded_at FROM ledger.entry
              WHERE agent_id = $1::uuid AND id > $2::uuid AND id < $3::uuid AND kind = 'action.decided'
              ORDER BY id LIMIT ${String(Math.floor(limit))}) e
       LEFT JOIN LATERAL (SELECT entry_id, tool, resource_type, resource_id FROM ledger.projection
              WHERE entry_id = e.id AND entry_id > $2::uuid AND entry_id < $3::uuid AND ($4::boolean OR convert_from(e.envelope, 'UTF8') NOT LIKE '%"tool":"%') LIMIT 1) j ON true
       LEFT JOIN LATERAL (SELECT tainted_at, opened_at, sandbox FROM run WHERE id = e.run_id LIMIT 1) r ON true
       LEFT JOIN LATERAL (SELECT enforced FROM sandbox_attestation WHERE action_id = e.id ORDER BY at LIMIT 1) s ON true
      ORDER BY e.id`,
    [agentId, after, end, shown],
  )
  return rows
}

/** What people answered to some held actions: `approved`, `rejected`; others are left out. By the primary key. */
export async function answersTo(sql: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await query<{ id: string; then: string }>(
    sql,
    `SELECT x.id::text AS id, v.status AS "then" FROM action x JOIN approval v ON v.id = x.approval_id
      WHERE x.id = ANY (string_to_array($1, ',')::uuid[]) AND v.status IN ('approved', 'rejected')`,
    [ids.join(',')],
  )
  return new Map(rows.map(({ id, then }) => [id, then]))
}

/** Every baseline that was ever signed, the oldest first. */
export function signedBaselines(sql: Sql): Promise<{ document: Baseline; signed_at: Date }[]> {
  return query(
    sql,
    `SELECT document, signed_at FROM boundary_version WHERE agent_id IS NULL AND status = 'signed' ORDER BY signed_at`,
  )
}

export type SimulationStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
export type SimulationRow = {
  id: string
  agent_id: string
  boundary_id: string
  digest: Uint8Array
  person_id: string
  person: string
  since: Date
  until: Date
  status: SimulationStatus
  progress: number
  seen: number
  result: SimulationResult | null
  created_at: Date
  finished_at: Date | null
}

const SELECTED = `s.id::text AS id, s.agent_id::text AS agent_id, s.boundary_id::text AS boundary_id, s.digest, s.person_id::text AS person_id,
  p.name AS person, s.since, s.until, s.status, s.progress, s.seen::int AS seen, s.result, s.created_at, s.finished_at`

export async function insertSimulation(
  sql: Sql,
  row: { id: string; agentId: string; boundaryId: string; digest: Buffer; personId: string; since: Date; until: Date },
): Promise<void> {
  await query(
    sql,
    `INSERT INTO simulation (id, agent_id, boundary_id, digest, person_id, since, until)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4::bytea, $5::uuid, $6::timestamptz, $7::timestamptz)`,
    [row.id, row.agentId, row.boundaryId, row.digest, row.personId, row.since, row.until],
  )
}

export function findSimulation(sql: Sql, id: string): Promise<SimulationRow | null> {
  return queryOne(
    sql,
    `SELECT ${SELECTED} FROM simulation s JOIN person p ON p.id = s.person_id WHERE s.id = $1::uuid`,
    [id],
  )
}

/** The newest simulation of a version by one person. */
export function newestSimulation(sql: Sql, boundaryId: string, personId: string): Promise<SimulationRow | null> {
  return queryOne(
    sql,
    `SELECT ${SELECTED} FROM simulation s JOIN person p ON p.id = s.person_id
      WHERE s.boundary_id = $1::uuid AND s.person_id = $2::uuid ORDER BY s.id DESC LIMIT 1`,
    [boundaryId, personId],
  )
}

/** How many of a person's simulations wait or run. */
export async function countOpen(sql: Sql, personId: string): Promise<number> {
  const row = await queryOne<{ open: number }>(
    sql,
    `SELECT count(*)::int AS open FROM simulation WHERE status IN ('queued', 'running') AND person_id = $1::uuid`,
    [personId],
  )
  return row?.open ?? 0
}

export async function cancelOpen(sql: Sql, id: string, now: Date): Promise<boolean> {
  const rows = await query(
    sql,
    `UPDATE simulation SET status = 'cancelled', finished_at = $2::timestamptz
      WHERE id = $1::uuid AND status IN ('queued', 'running') RETURNING 1 AS one`,
    [id, now],
  )
  return rows.length === 1
}

export type Claimed = SimulationRow & {
  slug: string
  environment: string
  team: string
  owner_id: string
  version: number
  document: Boundary
  current: Uint8Array
  time_zone: string
}

/** Takes the next simulation that waits, or whose server went silent; null when there is none. Index simulation_open. */
export function claimNext(sql: Sql): Promise<Claimed | null> {
  return queryOne(
    sql,
    `WITH taken AS (
       UPDATE simulation SET status = 'running', heartbeat_at = clock_timestamp() WHERE id = (
         SELECT id FROM simulation WHERE status IN ('queued', 'running') AND (heartbeat_at IS NULL OR heartbeat_at < clock_timestamp() - interval '60 seconds')
         ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *)
     SELECT ${SELECTED}, a.slug, a.environment, t.name AS team, a.owner_id::text AS owner_id, b.version, b.document, b.digest AS current,
            coalesce((SELECT time_zone FROM organisation LIMIT 1), 'UTC') AS time_zone
       FROM taken s JOIN person p ON p.id = s.person_id JOIN agent a ON a.id = s.agent_id JOIN team t ON t.id = a.team_id
       JOIN boundary_version b ON b.id = s.boundary_id`,
  )
}

/** Says how far it is; false when somebody cancelled it, or another server took it over. */
export async function notePlace(sql: Sql, id: string, progress: number, seen: number): Promise<boolean> {
  const rows = await query(
    sql,
    `UPDATE simulation SET progress = $2::float8, seen = $3::bigint, heartbeat_at = clock_timestamp()
      WHERE id = $1::uuid AND status = 'running' RETURNING 1 AS one`,
    [id, progress, seen],
  )
  return rows.length === 1
}

/** Ends a running one with its result; false when it is not running any more. */
export async function finish(sql: Sql, id: string, result: SimulationResult, now: Date): Promise<boolean> {
  const rows = await query(
    sql,
    `UPDATE simulation SET status = 'done', progress = 1, seen = $2::bigint, result = $3::jsonb, finished_at = $4::timestamptz
      WHERE id = $1::uuid AND status = 'running' RETURNING 1 AS one`,
    [id, result.decisions, JSON.stringify(result), now],
  )
  return rows.length === 1
}

export async function fail(sql: Sql, id: string, now: Date): Promise<void> {
  await query(
    sql,
    `UPDATE simulation SET status = 'failed', finished_at = $2::timestamptz WHERE id = $1::uuid AND status = 'running'`,
    [id, now],
  )
}

/** Lists changes of a simulation, given as the JSON of `[{id, was, would, reason, rule}]`. */
export async function insertChanges(sql: Sql, id: string, changes: string): Promise<void> {
  await query(
    sql,
    `INSERT INTO simulation_change (simulation_id, entry_id, was, would, reason, rule)
     SELECT $1::uuid, c.id, c.was, c.would, c.reason, c.rule
       FROM jsonb_to_recordset($2::jsonb) AS c (id uuid, was text, would text, reason text, rule text)`,
    [id, changes],
  )
}

export type ChangeRow = {
  id: string
  was: Decision
  would: Decision
  reason: string
  rule: string | null
  tool: string | null
  resource_type: string | null
  resource_id: string | null
  status: string | null
}

/** One page of the changes of one kind, the newest first, with what lists show of each entry now. */
export function listChanges(
  sql: Sql,
  id: string,
  kind: { was: string; would: string } | null,
  before: string | null,
  limit: number,
): Promise<ChangeRow[]> {
  return query(
    sql,
    `SELECT c.entry_id::text AS id, c.was, c.would, c.reason, c.rule, j.tool, j.resource_type, j.resource_id, x.status
       FROM simulation_change c LEFT JOIN ledger.projection j ON j.entry_id = c.entry_id LEFT JOIN action x ON x.id = c.entry_id
      WHERE c.simulation_id = $1::uuid AND ($2::text IS NULL OR (c.was = $2 AND c.would = $3::text)) AND ($4::uuid IS NULL OR c.entry_id < $4::uuid)
      ORDER BY c.entry_id DESC LIMIT $5::int`,
    [id, kind?.was ?? null, kind?.would ?? null, before, limit],
  )
}

/** Deletes simulations that were made before a moment; what they showed stands in the ledger as a figure. */
export async function forgetBefore(sql: Sql, before: Date): Promise<void> {
  await query(sql, `DELETE FROM simulation WHERE created_at < $1::timestamptz`, [before])
}
