import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** A halt with who engaged it and what it names. */
export type HaltRow = {
  id: string
  scope: string
  target: string
  /** what it names, by name: the slug, the team, the environment, the server or the tool; null for everything */
  name: string | null
  /** when somebody should look again */
  until: Date | null
  /** the agent it is about and its slug, for scopes `agent` and `run` */
  agent_id: string | null
  slug: string | null
  owner_id: string | null
  reason: string
  engaged_by: string | null
  engager: string | null
  engaged_at: Date
  epoch: string
  lifted_at: Date | null
  lift_reason: string | null
  /** the stage its lift has come to, and the agents it let go */
  stage: 'agent' | 'team' | null
  released: string[]
  /** whom it let go and halted again: the newest of each, with the epoch of the gate that made */
  again: { agent: string; stop: number; at: string; epoch: string }[] | null
  /** engaged by a statement in the database, and whether a server has recorded it */
  from_database: boolean
  recorded: boolean
  /** the source outside that engaged it, by name */
  source: string | null
}

/** A halt and what it names, without a condition: for the statements of this room. */
export const HALT = `
SELECT h.id::text AS id, h.scope, h.target, h.until, CASE WHEN h.scope IN ('environment', 'server', 'tool') THEN h.target ELSE coalesce(t.name, a.slug) END AS name, a.id::text AS agent_id, a.slug, a.owner_id::text AS owner_id, h.reason, h.engaged_by::text AS engaged_by, p.name AS engager,
  h.engaged_at, h.epoch::text AS epoch, h.lifted_at, h.lift_reason, h.stage, h.released::text[] AS released,
  (SELECT json_agg(json_build_object('agent', g.agent_id, 'stop', g.stop, 'at', g.at, 'epoch', g.epoch::text))
     FROM (SELECT DISTINCT ON (x.agent_id) x.* FROM halt_again x WHERE x.halt_id = h.id ORDER BY x.agent_id, x.stop DESC) AS g) AS again, h.from_database, h.recorded, hs.name AS source
FROM halt h LEFT JOIN person p ON p.id = h.engaged_by LEFT JOIN halt_source hs ON hs.id = h.source_id LEFT JOIN team t ON t.id = CASE WHEN h.scope = 'team' THEN h.target::uuid END
  LEFT JOIN run r ON r.id = CASE WHEN h.scope = 'run' THEN h.target::uuid END
  LEFT JOIN agent a ON a.id = CASE h.scope WHEN 'agent' THEN h.target::uuid WHEN 'run' THEN r.agent_id END`

/** One halt; null when there is none. */
export function findHalt(sql: Sql, id: string): Promise<HaltRow | null> {
  return queryOne(sql, `${HALT} WHERE h.id = $1::uuid`, [id])
}

/** Those of these halts that there are. */
export function findHalts(sql: Sql, ids: readonly string[]): Promise<HaltRow[]> {
  return query(sql, `${HALT} WHERE h.id = ANY (string_to_array($1, ',')::uuid[])`, [ids.join(',')])
}

/** Everything in force, oldest first; uses `halt_in_force`. */
export function findInForce(sql: Sql): Promise<HaltRow[]> {
  return query(sql, `${HALT} WHERE h.lifted_at IS NULL ORDER BY h.engaged_at`)
}

/** `by_hand`: engaged by a statement in the database, by nobody known. */
export type UnrecordedRow = {
  id: string
  scope: string
  target: string
  reason: string
  engaged_at: Date
  by: string | null
  source: string | null
  agent: string | null
  run: string | null
  by_hand: boolean
}

/** Halts that stand and are in no entry yet, oldest first; index halt_unrecorded. */
export function findUnrecorded(sql: Sql): Promise<UnrecordedRow[]> {
  return query(
    sql,
    `SELECT h.id::text AS id, h.scope, h.target, h.reason, h.engaged_at, h.engaged_by::text AS by, h.source_id::text AS source,
            CASE h.scope WHEN 'agent' THEN h.target WHEN 'run' THEN r.agent_id::text END AS agent,
            CASE h.scope WHEN 'run' THEN h.target END AS run,
            h.from_database AS by_hand
       FROM halt h LEFT JOIN run r ON r.id = CASE WHEN h.scope = 'run' THEN h.target::uuid END
      WHERE NOT h.recorded ORDER BY h.engaged_at LIMIT 100`,
  )
}

/** Halts engaged after an epoch of the gate, lifted since or not, oldest first. */
export function findSince(sql: Sql, epoch: bigint, most: number): Promise<HaltRow[]> {
  return query(sql, `${HALT} WHERE h.epoch > $1::text::bigint ORDER BY h.epoch LIMIT $2::int`, [epoch.toString(), most])
}

/** Halts engaged before an epoch of the gate that halted somebody again after it; index halt_again_since. */
export function findAgainSince(sql: Sql, epoch: bigint): Promise<HaltRow[]> {
  return query(
    sql,
    `${HALT} WHERE h.epoch <= $1::text::bigint AND h.id IN (SELECT g.halt_id FROM halt_again g WHERE g.epoch > $1::text::bigint) ORDER BY h.epoch`,
    [epoch.toString()],
  )
}

export type HaltedAgent = {
  id: string
  slug: string
  team_id: string
  environment: string
  owner_id: string
  state: string
}

/** What of an agent halts can name; null when there is none. */
export function findSubject(sql: Sql, agent: { id: string } | { slug: string }): Promise<HaltedAgent | null> {
  const AGENT =
    'SELECT id::text AS id, slug, team_id::text AS team_id, environment, owner_id::text AS owner_id, state FROM agent'
  return 'id' in agent
    ? queryOne(sql, `${AGENT} WHERE id = $1::uuid`, [agent.id])
    : queryOne(sql, `${AGENT} WHERE slug = $1`, [agent.slug])
}

/** What of these agents halts can name. */
export function findSubjects(sql: Sql, ids: readonly string[]): Promise<HaltedAgent[]> {
  return query(
    sql,
    `SELECT id::text AS id, slug, team_id::text AS team_id, environment, owner_id::text AS owner_id, state FROM agent
      WHERE id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
}

/** The id of a team; null when there is none of this name. */
export async function findTeam(sql: Sql, name: string): Promise<string | null> {
  const row = await queryOne<{ id: string }>(sql, 'SELECT id::text AS id FROM team WHERE lower(name) = lower($1)', [
    name,
  ])
  return row?.id ?? null
}

/** Whether the catalogue knows a tool of this server. */
export async function knowsServer(sql: Sql, server: string): Promise<boolean> {
  return (await queryOne(sql, 'SELECT 1 AS known FROM tool WHERE server = $1 LIMIT 1', [server])) !== null
}

/** Whether the catalogue knows this tool, `server.tool`. */
export async function knowsTool(sql: Sql, name: string): Promise<boolean> {
  return (await queryOne(sql, `SELECT 1 AS known FROM tool WHERE server || '.' || name = $1 LIMIT 1`, [name])) !== null
}

/** What halts can name, by scope, each a query of its own that answers `name`: who could act, teams that have agents, what the catalogue knows. */
const NAMED = {
  agent: `SELECT slug AS name FROM agent WHERE state = 'active'`,
  team: `SELECT DISTINCT t.name FROM team t JOIN agent a ON a.team_id = t.id`,
  server: `SELECT DISTINCT server AS name FROM tool`,
  tool: `SELECT server || '.' || name AS name FROM tool`,
} as const
export type NamedScope = keyof typeof NAMED

/** How many there are of each, and the first names in order. */
export function findNamed(sql: Sql, most: number): Promise<{ scope: NamedScope; count: number; names: string[] }[]> {
  const each = Object.entries(NAMED).map(
    ([scope, names]) =>
      `SELECT '${scope}' AS scope, (SELECT count(*) FROM (${names}) AS n)::int AS count, ARRAY(SELECT name FROM (${names}) AS n ORDER BY 1 LIMIT $1::int) AS names`,
  )
  return query(sql, each.join(' UNION ALL '), [most])
}

/** Names of one scope that hold some text, those that begin with it first. */
export async function findLike(sql: Sql, scope: NamedScope, text: string, most: number): Promise<string[]> {
  const rows = await query<{ name: string }>(
    sql,
    `SELECT name FROM (${NAMED[scope]}) AS n WHERE strpos(lower(name), lower($1)) > 0 ORDER BY strpos(lower(name), lower($1)) > 1, name LIMIT $2::int`,
    [text, most],
  )
  return rows.map(({ name }) => name)
}

/** The agent of a run; null when there is no such run. */
export function findRunSubject(sql: Sql, runId: string): Promise<HaltedAgent | null> {
  return queryOne(
    sql,
    `SELECT a.id::text AS id, a.slug, a.team_id::text AS team_id, a.environment, a.owner_id::text AS owner_id, a.state
       FROM run r JOIN agent a ON a.id = r.agent_id WHERE r.id = $1::uuid`,
    [runId],
  )
}

/** Every agent that could act: what a halt of the organisation has to reach. */
export function findActive(sql: Sql): Promise<HaltedAgent[]> {
  return query(
    sql,
    `SELECT id::text AS id, slug, team_id::text AS team_id, environment, owner_id::text AS owner_id, state
       FROM agent WHERE state = 'active' ORDER BY slug`,
  )
}

/** Notes that an agent made this stop; false when it had said so before, and then nothing changes. */
export async function insertAcknowledgement(
  sql: Sql,
  haltId: string,
  agentId: string,
  stop: number,
  runs: readonly string[],
): Promise<boolean> {
  const row = await queryOne<{ halt_id: string }>(
    sql,
    `INSERT INTO halt_acknowledgement (halt_id, agent_id, stop, runs) VALUES ($1::uuid, $2::uuid, $3::int, $4::jsonb) ON CONFLICT DO NOTHING RETURNING halt_id::text AS halt_id`,
    [haltId, agentId, stop, JSON.stringify(runs)],
  )
  if (row !== null) await query(sql, `SELECT pg_notify('halts', $1)::text AS told`, [haltId])
  return row !== null
}

/** One person at a time asks for the lift of a halt. */
export async function lockLift(sql: Sql, haltId: string): Promise<void> {
  await query(sql, `SELECT pg_advisory_xact_lock(hashtextextended('halt lift ' || $1, 0))::text AS locked`, [haltId])
}

/** The agents a halt of scope `$1` and target `$2` would stop. */
export const STOPPED = `stopped AS (
       SELECT id FROM agent WHERE state = 'active' AND CASE $1 WHEN 'organisation' THEN true WHEN 'environment' THEN environment = $2
         WHEN 'team' THEN team_id::text = $2 WHEN 'agent' THEN id::text = $2
         WHEN 'run' THEN id = (SELECT r.agent_id FROM run r WHERE r.id::text = $2) ELSE false END)`

export type Reach = { agents: string; runs: string; held: string; grants: string }

/**
 * What a halt would stop now: agents, open runs, questions to people, unused grants. Of a tool or a server: no agent stops, and what is
 * counted is what asks for it.
 * @param target as the halt's row has it
 */
export async function countReach(sql: Sql, scope: string, target: string): Promise<Reach> {
  const row = await queryOne<Reach>(
    sql,
    `WITH ${STOPPED},
     called AS (SELECT $1 IN ('tool', 'server') AS yes)
     SELECT (SELECT count(*) FROM stopped)::text AS agents,
            (SELECT count(*) FROM run r WHERE r.closed_at IS NULL AND r.lease_until > clock_timestamp() AND r.agent_id IN (SELECT id FROM stopped)
                AND ($1 <> 'run' OR r.id::text = $2))::text AS runs,
            (SELECT count(*) FROM approval p JOIN action a ON a.id = p.subject_id LEFT JOIN ledger.projection j ON (SELECT yes FROM called) AND j.entry_id = a.id
              WHERE p.status = 'pending' AND p.kind = 'action' AND p.expires_at > clock_timestamp()
                AND CASE $1 WHEN 'tool' THEN j.tool = $2 WHEN 'server' THEN split_part(j.tool, '.', 1) = $2 WHEN 'run' THEN a.run_id::text = $2
                    ELSE p.agent_id IN (SELECT id FROM stopped) END)::text AS held,
            (SELECT count(*) FROM action a LEFT JOIN ledger.projection j ON (SELECT yes FROM called) AND j.entry_id = a.id
              WHERE a.status IN ('allowed', 'approved') AND a.grant_expires_at > clock_timestamp()
                AND CASE $1 WHEN 'tool' THEN j.tool = $2 WHEN 'server' THEN split_part(j.tool, '.', 1) = $2 WHEN 'run' THEN a.run_id::text = $2
                    ELSE a.agent_id IN (SELECT id FROM stopped) END)::text AS grants`,
    [scope, target],
  )
  return row ?? { agents: '0', runs: '0', held: '0', grants: '0' }
}
