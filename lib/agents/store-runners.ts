import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** A runner of an agent. Ids are bare UUIDs; `publicKey` is the `x` of its Ed25519 key. */
export type RunnerRow = {
  id: string
  agentId: string
  name: string
  thumbprint: string
  publicKey: string
  enrolledBy: string
  enrolledAt: Date
  revokedAt: Date | null
}

const RUNNER = `r.id::text AS id, r.agent_id::text AS "agentId", r.name, r.thumbprint, r.public_key AS "publicKey",
  r.enrolled_by::text AS "enrolledBy", r.enrolled_at AS "enrolledAt", r.revoked_at AS "revokedAt"`

/** Inserts a runner; false where this key was enrolled for this agent before, revoked or not. */
export async function insertRunner(sql: Sql, row: Omit<RunnerRow, 'revokedAt'>): Promise<boolean> {
  const made = await queryOne<{ id: string }>(
    sql,
    `INSERT INTO runner (id, agent_id, name, thumbprint, public_key, enrolled_by, enrolled_at)
     VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::uuid, $7::timestamptz)
     ON CONFLICT (agent_id, thumbprint) DO NOTHING RETURNING id::text AS id`,
    [row.id, row.agentId, row.name, row.thumbprint, row.publicKey, row.enrolledBy, row.enrolledAt],
  )
  return made !== null
}

/** How many runners of an agent are not revoked. */
export async function countRunners(sql: Sql, agentId: string): Promise<number> {
  const row = await queryOne<{ count: number }>(
    sql,
    'SELECT count(*)::int AS count FROM runner WHERE agent_id = $1::uuid AND revoked_at IS NULL',
    [agentId],
  )
  return row?.count ?? 0
}

/** The runners of an agent, newest first. */
export function listRunners(sql: Sql, agentId: string): Promise<RunnerRow[]> {
  return query(
    sql,
    `SELECT ${RUNNER} FROM runner r WHERE r.agent_id = $1::uuid ORDER BY r.enrolled_at DESC, r.id LIMIT 100`,
    [agentId],
  )
}

/** A runner of an agent by its id, revoked or not. */
export function findRunner(sql: Sql, agentId: string, id: string): Promise<RunnerRow | null> {
  return queryOne(sql, `SELECT ${RUNNER} FROM runner r WHERE r.agent_id = $1::uuid AND r.id = $2::uuid`, [agentId, id])
}

/** A runner of an agent by its key, revoked or not. */
export function findRunnerByKey(sql: Sql, agentId: string, thumbprint: string): Promise<RunnerRow | null> {
  return queryOne(sql, `SELECT ${RUNNER} FROM runner r WHERE r.agent_id = $1::uuid AND r.thumbprint = $2::text`, [
    agentId,
    thumbprint,
  ])
}

/** Whether a runner is not revoked. */
export async function runnerLives(sql: Sql, id: string): Promise<boolean> {
  const found = await queryOne(sql, 'SELECT 1 AS one FROM runner WHERE id = $1::uuid AND revoked_at IS NULL', [id])
  return found !== null
}
