import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { DrillEnd, DrillKind, DrillScope } from './drill'
import type { DrillReport } from './drill-report'

/** A drill with what it names, who asked for it and how it stands. */
export type DrillRow = {
  id: string
  kind: DrillKind
  scope: DrillScope
  target: string
  /** what it names, by name; null for everything */
  name: string | null
  note: string
  target_ms: number
  window_ms: number
  asked_by: string | null
  asker: string | null
  asked_at: Date
  halt_id: string | null
  approval_id: string | null
  begun_at: Date | null
  ended_at: Date | null
  outcome: DrillEnd | null
  entry_id: string | null
  report: DrillReport | null
}

const DRILL = `
SELECT d.id::text AS id, d.kind, d.scope, d.target, CASE d.scope WHEN 'environment' THEN d.target WHEN 'team' THEN t.name WHEN 'agent' THEN a.slug END AS name,
  d.note, d.target_ms, d.window_ms, d.asked_by::text AS asked_by, p.name AS asker, d.asked_at, d.halt_id::text AS halt_id, d.approval_id::text AS approval_id,
  b.at AS begun_at, e.at AS ended_at, e.outcome, e.entry_id::text AS entry_id, e.report
FROM drill d LEFT JOIN drill_begun b ON b.drill_id = d.id LEFT JOIN drill_ended e ON e.drill_id = d.id LEFT JOIN person p ON p.id = d.asked_by
  LEFT JOIN team t ON t.id = CASE WHEN d.scope = 'team' THEN d.target::uuid END LEFT JOIN agent a ON a.id = CASE WHEN d.scope = 'agent' THEN d.target::uuid END`

/** One drill; null when there is none. */
export function findDrill(sql: Sql, id: string): Promise<DrillRow | null> {
  return queryOne(sql, `${DRILL} WHERE d.id = $1::uuid`, [id])
}

/** The drill whose halt this is; null when the halt is no drill's. */
export function findDrillOfHalt(sql: Sql, haltId: string): Promise<DrillRow | null> {
  return queryOne(sql, `${DRILL} WHERE d.halt_id = $1::uuid`, [haltId])
}

/** The newest drills, first. */
export function findDrills(sql: Sql, most: number): Promise<DrillRow[]> {
  return query(sql, `${DRILL} ORDER BY d.asked_at DESC LIMIT $1::int`, [most])
}

/** Drills that have not ended, oldest first. */
export function findOpenDrills(sql: Sql): Promise<DrillRow[]> {
  return query(sql, `${DRILL} WHERE e.drill_id IS NULL ORDER BY d.asked_at LIMIT 100`)
}

export type NewDrill = Pick<
  DrillRow,
  'id' | 'kind' | 'scope' | 'target' | 'note' | 'target_ms' | 'window_ms' | 'asked_by' | 'halt_id' | 'approval_id'
>

export async function insertDrill(sql: Sql, drill: NewDrill): Promise<void> {
  const { id, kind, scope, target, note, target_ms, window_ms, asked_by, halt_id, approval_id } = drill
  await query(
    sql,
    `INSERT INTO drill (id, kind, scope, target, note, target_ms, window_ms, asked_by, halt_id, approval_id)
     VALUES ($1::uuid, $2, $3, $4, $5, $6::int, $7::int, $8::uuid, $9::uuid, $10::uuid) RETURNING 1 AS made`,
    [id, kind, scope, target, note, target_ms, window_ms, asked_by, halt_id, approval_id],
  )
}

/** Agents that can act under a scope: whom a drill of it is for. */
export function findInScope(sql: Sql, scope: DrillScope, target: string): Promise<{ id: string; slug: string }[]> {
  return query(
    sql,
    `SELECT id::text AS id, slug FROM agent WHERE state = 'active' AND CASE $1 WHEN 'organisation' THEN true WHEN 'environment' THEN environment = $2
       WHEN 'team' THEN team_id::text = $2 ELSE id::text = $2 END ORDER BY slug`,
    [scope, target],
  )
}

/** Begins a drill for these agents; false when it had begun, or another had for the same due moment. */
export async function insertBegun(
  sql: Sql,
  id: string,
  agents: readonly string[],
  dueAt: Date | null,
): Promise<boolean> {
  // whom it is for first: its time begins when it does
  await query(
    sql,
    `INSERT INTO drill_agent (drill_id, agent_id) SELECT $1::uuid, agent::uuid FROM unnest(string_to_array($2, ',')) AS agent ON CONFLICT DO NOTHING RETURNING 1 AS made`,
    [id, agents.join(',')],
  )
  const row = await queryOne(
    sql,
    'INSERT INTO drill_begun (drill_id, due_at) VALUES ($1::uuid, $2::timestamptz) ON CONFLICT DO NOTHING RETURNING drill_id::text AS id',
    [id, dueAt],
  )
  return row !== null
}

/** Tells the streams of agents that a rehearsal began or ended, and the screens, when the transaction commits. */
export async function tellDrill(sql: Sql, id: string): Promise<void> {
  await query(sql, `SELECT pg_notify('drills', $1)::text AS told`, [id])
}

export type DrilledAgent = { agent_id: string; slug: string; at: Date | null; runs: string[] }

/** The agents of a drill and when each confirmed: its own word for the rehearsal, or for the halt of a live one. */
export function findDrilled(sql: Sql, id: string): Promise<DrilledAgent[]> {
  return query(
    sql,
    `SELECT a.id::text AS agent_id, a.slug, coalesce(c.at, k.at) AS at, coalesce(c.runs, k.runs, '[]'::jsonb) AS runs
       FROM drill_agent m JOIN drill d ON d.id = m.drill_id JOIN agent a ON a.id = m.agent_id
       LEFT JOIN drill_confirmation c ON c.drill_id = m.drill_id AND c.agent_id = m.agent_id
       LEFT JOIN halt_acknowledgement k ON k.halt_id = d.halt_id AND k.agent_id = m.agent_id AND k.stop = 0
      WHERE m.drill_id = $1::uuid ORDER BY coalesce(c.at, k.at) DESC NULLS FIRST, a.slug`,
    [id],
  )
}

/** Agents that confirmed a drill which was not theirs. */
export function findForeign(sql: Sql, id: string): Promise<{ slug: string; at: Date }[]> {
  return query(
    sql,
    'SELECT a.slug, f.at FROM drill_foreign f JOIN agent a ON a.id = f.agent_id WHERE f.drill_id = $1::uuid ORDER BY f.at LIMIT 100',
    [id],
  )
}

/** Whether a drill is for an agent. */
export async function isDrilled(sql: Sql, id: string, agentId: string): Promise<boolean> {
  const row = await queryOne(
    sql,
    'SELECT 1 AS yes FROM drill_agent WHERE drill_id = $1::uuid AND agent_id = $2::uuid',
    [id, agentId],
  )
  return row !== null
}

/** Notes an agent's word; false when it had given it before. */
export async function insertConfirmation(
  sql: Sql,
  id: string,
  agentId: string,
  runs: readonly string[],
): Promise<boolean> {
  const row = await queryOne(
    sql,
    `INSERT INTO drill_confirmation (drill_id, agent_id, runs) VALUES ($1::uuid, $2::uuid, $3::jsonb) ON CONFLICT DO NOTHING RETURNING drill_id::text AS id`,
    [id, agentId, JSON.stringify(runs)],
  )
  return row !== null
}

/** Notes that an agent confirmed another's drill; false when that was noted before. */
export async function insertForeign(sql: Sql, id: string, agentId: string): Promise<boolean> {
  const row = await queryOne(
    sql,
    'INSERT INTO drill_foreign (drill_id, agent_id) VALUES ($1::uuid, $2::uuid) ON CONFLICT DO NOTHING RETURNING drill_id::text AS id',
    [id, agentId],
  )
  return row !== null
}

/** Ends a drill; false when it had ended: then nothing changes. */
export async function insertEnded(
  sql: Sql,
  id: string,
  { outcome, entryId, report }: { outcome: DrillEnd; entryId: string; report: DrillReport | null },
): Promise<boolean> {
  const row = await queryOne(
    sql,
    `INSERT INTO drill_ended (drill_id, outcome, entry_id, report) VALUES ($1::uuid, $2, $3::uuid, $4::jsonb) ON CONFLICT DO NOTHING RETURNING drill_id::text AS id`,
    [id, outcome, entryId, report === null ? null : JSON.stringify(report)],
  )
  return row !== null
}

/** The agents of a drill, by id. */
export async function findDrillAgents(sql: Sql, id: string): Promise<Set<string>> {
  const rows = await query<{ id: string }>(
    sql,
    'SELECT agent_id::text AS id FROM drill_agent WHERE drill_id = $1::uuid',
    [id],
  )
  return new Set(rows.map((row) => row.id))
}

/** One at a time plans, begins or ends drills: a transaction's lock. */
export async function lockDrills(sql: Sql): Promise<void> {
  await query(sql, `SELECT pg_advisory_xact_lock(hashtextextended('drills', 0))::text AS locked`)
}

/** A team's name; null when there is none. */
export async function findTeamName(sql: Sql, id: string): Promise<string | null> {
  const row = await queryOne<{ name: string }>(sql, 'SELECT name FROM team WHERE id::text = $1', [id])
  return row?.name ?? null
}
