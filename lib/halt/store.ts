import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** A halt with who engaged it and what it names. */
export type HaltRow = {
  id: string
  scope: string
  target: string
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
}

const HALT = `
SELECT h.id::text AS id, h.scope, h.target, a.id::text AS agent_id, a.slug, a.owner_id::text AS owner_id, h.reason, h.engaged_by::text AS engaged_by, p.name AS engager,
  h.engaged_at, h.epoch::text AS epoch, h.lifted_at, h.lift_reason
FROM halt h LEFT JOIN person p ON p.id = h.engaged_by LEFT JOIN run r ON r.id = CASE WHEN h.scope = 'run' THEN h.target::uuid END
  LEFT JOIN agent a ON a.id = CASE h.scope WHEN 'agent' THEN h.target::uuid WHEN 'run' THEN r.agent_id END`

/** One halt; null when there is none. */
export function findHalt(sql: Sql, id: string): Promise<HaltRow | null> {
  return queryOne(sql, `${HALT} WHERE h.id = $1::uuid`, [id])
}

/** Everything in force, oldest first; uses `halt_in_force`. */
export function findInForce(sql: Sql): Promise<HaltRow[]> {
  return query(sql, `${HALT} WHERE h.lifted_at IS NULL ORDER BY h.engaged_at`)
}

/** The newest halts, lifted or not. */
export function findRecent(sql: Sql, most: number): Promise<HaltRow[]> {
  return query(sql, `${HALT} ORDER BY h.engaged_at DESC LIMIT $1::int`, [most])
}

/** Halts engaged after an epoch of the gate, lifted since or not, oldest first. */
export function findSince(sql: Sql, epoch: bigint, most: number): Promise<HaltRow[]> {
  return query(sql, `${HALT} WHERE h.epoch > $1::text::bigint ORDER BY h.epoch LIMIT $2::int`, [epoch.toString(), most])
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
    `SELECT id::text AS id, slug, team_id::text AS team_id, environment, owner_id::text AS owner_id, state FROM agent WHERE state = 'active' ORDER BY slug`,
  )
}

export type AcknowledgementRow = { halt_id: string; agent_id: string; at: Date; runs: string[] }

/** What agents have said under these halts. */
export function findAcknowledgements(sql: Sql, haltIds: readonly string[]): Promise<AcknowledgementRow[]> {
  return query(
    sql,
    `SELECT halt_id::text AS halt_id, agent_id::text AS agent_id, at, runs FROM halt_acknowledgement
      WHERE halt_id::text = ANY (string_to_array($1, ','))`,
    [haltIds.join(',')],
  )
}

/** Notes that an agent stopped; false when it had said so before, and then nothing changes. */
export async function insertAcknowledgement(
  sql: Sql,
  haltId: string,
  agentId: string,
  runs: readonly string[],
): Promise<boolean> {
  const row = await queryOne<{ halt_id: string }>(
    sql,
    `INSERT INTO halt_acknowledgement (halt_id, agent_id, runs) VALUES ($1::uuid, $2::uuid, $3::jsonb) ON CONFLICT DO NOTHING RETURNING halt_id::text AS halt_id`,
    [haltId, agentId, JSON.stringify(runs)],
  )
  if (row !== null) await query(sql, `SELECT pg_notify('halts', $1)::text AS told`, [haltId])
  return row !== null
}

/** One person at a time asks for the lift of a halt. */
export async function lockLift(sql: Sql, haltId: string): Promise<void> {
  await query(sql, `SELECT pg_advisory_xact_lock(hashtextextended('halt lift ' || $1, 0))::text AS locked`, [haltId])
}

export type Reach = { agents: string; runs: string; held: string; grants: string }

/** What a halt of this scope would stop now: agents, open runs, questions to people, unused grants. `agentId` null: everything. */
export async function countReach(sql: Sql, agentId: string | null): Promise<Reach> {
  const row = await queryOne<Reach>(
    sql,
    `SELECT (SELECT count(*) FROM agent WHERE state = 'active' AND ($1::text IS NULL OR id::text = $1))::text AS agents,
            (SELECT count(*) FROM run WHERE closed_at IS NULL AND lease_until > clock_timestamp() AND ($1::text IS NULL OR agent_id::text = $1))::text AS runs,
            (SELECT count(*) FROM approval WHERE status = 'pending' AND kind = 'action' AND expires_at > clock_timestamp() AND ($1::text IS NULL OR agent_id::text = $1))::text AS held,
            (SELECT count(*) FROM action WHERE status IN ('allowed', 'approved') AND grant_expires_at > clock_timestamp() AND ($1::text IS NULL OR agent_id::text = $1))::text AS grants`,
    [agentId],
  )
  return row ?? { agents: '0', runs: '0', held: '0', grants: '0' }
}
