import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { Stated, UpstreamState } from './upstream'

/** An upstream as it is stored, with the names people have today. */
export type UpstreamRow = Stated & {
  id: string
  state: UpstreamState
  secret: Uint8Array | null
  digest: Buffer
  owner: string
  ownerActive: boolean
  proposedBy: string
  proposer: string
  proposedAt: Date
  connectedBy: string | null
  connector: string | null
  connectedAt: Date | null
  statement: string | null
  ender: string | null
  endedAt: Date | null
  endReason: string | null
}

const SELECT = `SELECT u.id::text AS id, u.name, u.transport, u.address, u.header, u.secret, u.private, u.owner_id::text AS "ownerId", u.reach, u.production,
  u.trusted, u.digest, u.state, o.name AS owner, o.deactivated_at IS NULL AS "ownerActive", u.proposed_by::text AS "proposedBy", p.name AS proposer,
  u.proposed_at AS "proposedAt", u.connected_by::text AS "connectedBy", c.name AS connector, u.connected_at AS "connectedAt", u.statement,
  e.name AS ender, u.ended_at AS "endedAt", u.end_reason AS "endReason"
  FROM upstream u JOIN person o ON o.id = u.owner_id JOIN person p ON p.id = u.proposed_by
  LEFT JOIN person c ON c.id = u.connected_by LEFT JOIN person e ON e.id = u.ended_by`

/** Every one, the living first, then by name; bounded by what may live at a time and a page of what once did. */
export async function upstreamRows(sql: Sql): Promise<UpstreamRow[]> {
  const rows = await query<Stored>(
    sql,
    `${SELECT} ORDER BY u.state = 'disconnected', lower(u.name), u.id DESC LIMIT 500`,
  )
  return rows.map(toRow)
}

export async function upstreamById(sql: Sql, id: string): Promise<UpstreamRow | null> {
  const row = await queryOne<Stored>(sql, `${SELECT} WHERE u.id = $1::uuid`, [id])
  return row && toRow(row)
}

/** Prisma gives bytes as a plain array of them, node-postgres as a Buffer. */
type Stored = Omit<UpstreamRow, 'digest'> & { digest: Uint8Array }
const toRow = (row: Stored): UpstreamRow => ({ ...row, digest: Buffer.from(row.digest) })

/** The living one of a name, else the last that was; index upstream_living. */
export async function upstreamByName(sql: Sql, name: string): Promise<UpstreamRow | null> {
  const row = await queryOne<Stored>(
    sql,
    `${SELECT} WHERE lower(u.name) = lower($1) ORDER BY u.state = 'disconnected', u.id DESC LIMIT 1`,
    [name],
  )
  return row && toRow(row)
}

/** Whether somebody may answer for an upstream: active, and no auditor. */
export async function mayAnswerFor(sql: Sql, personId: string): Promise<boolean> {
  const row = await queryOne<{ ok: boolean }>(
    sql,
    `SELECT deactivated_at IS NULL AND NOT 'auditor' = ANY (roles) AS ok FROM person WHERE id = $1::uuid`,
    [personId],
  )
  return row?.ok === true
}

export async function countLiving(sql: Sql): Promise<number> {
  const row = await queryOne<{ n: number }>(
    sql,
    `SELECT count(*)::int AS n FROM upstream WHERE state <> 'disconnected'`,
  )
  return row?.n ?? 0
}

/** Inserts a proposed upstream; false where a living one has the name. */
export async function insertUpstream(
  sql: Sql,
  row: Stated & { id: string; secret: Buffer | null; digest: Buffer; proposedBy: string },
): Promise<boolean> {
  const rows = await query(
    sql,
    `INSERT INTO upstream (id, name, transport, address, header, secret, private, owner_id, reach, production, trusted, digest, proposed_by)
     VALUES ($1::uuid, $2, $3, $4, $5, $6::bytea, $7::boolean, $8::uuid, $9, $10::boolean, $11::boolean, $12::bytea, $13::uuid)
     ON CONFLICT DO NOTHING RETURNING id::text`,
    [
      ...[row.id, row.name, row.transport, row.address, row.header, row.secret, String(row.private), row.ownerId],
      ...[row.reach, String(row.production), String(row.trusted), row.digest, row.proposedBy],
    ],
  )
  return rows.length === 1
}

/** Replaces the sealed credential of a living upstream; false where it is not living. */
export async function setSecret(sql: Sql, id: string, secret: Buffer): Promise<boolean> {
  const rows = await query(
    sql,
    `UPDATE upstream SET secret = $2::bytea WHERE id = $1::uuid AND state <> 'disconnected' AND header IS NOT NULL RETURNING id::text`,
    [id, secret],
  )
  return rows.length === 1
}

/** The run that an agent's calls to an upstream belonged to last, or null. */
export async function lastRun(sql: Sql, agentId: string, upstreamId: string): Promise<string | null> {
  const row = await queryOne<{ run: string }>(
    sql,
    'SELECT run_id::text AS run FROM upstream_run WHERE agent_id = $1::uuid AND upstream_id = $2::uuid',
    [agentId, upstreamId],
  )
  return row?.run ?? null
}

export async function keepRun(sql: Sql, agentId: string, upstreamId: string, runId: string): Promise<void> {
  await query(
    sql,
    `INSERT INTO upstream_run (agent_id, upstream_id, run_id) VALUES ($1::uuid, $2::uuid, $3::uuid)
     ON CONFLICT (agent_id, upstream_id) DO UPDATE SET run_id = EXCLUDED.run_id`,
    [agentId, upstreamId, runId],
  )
}

/** One call of an agent to an upstream opens or renews its run at a time. */
export async function lockRun(sql: Sql, agentId: string, upstreamId: string): Promise<void> {
  await query(sql, 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text', [`upstream:${agentId}:${upstreamId}`])
}
