import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** A round as it is stored. */
export type RoundRow = {
  id: string
  agentId: string
  upstreamId: string
  runId: string
  actionId: string
  call: Buffer
  expiresAt: Date
  takenBy: string | null
}

export async function insertRound(sql: Sql, row: Omit<RoundRow, 'takenBy'> & { askedAt: Date }): Promise<void> {
  await query(
    sql,
    `INSERT INTO upstream_round (id, agent_id, upstream_id, run_id, action_id, call, asked_at, expires_at)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::uuid, $6::bytea, $7::timestamptz, $8::timestamptz)`,
    [row.id, row.agentId, row.upstreamId, row.runId, row.actionId, row.call, row.askedAt, row.expiresAt],
  )
}

/** Ends the oldest open rounds of an agent, so that so many are left. */
export async function boundRounds(sql: Sql, agentId: string, most: number, now: Date): Promise<void> {
  await query(
    sql,
    `UPDATE upstream_round SET expires_at = least(expires_at, $3::timestamptz) WHERE id IN (
       SELECT id FROM upstream_round WHERE agent_id = $1::uuid AND taken_by IS NULL AND expires_at > $3::timestamptz
       ORDER BY asked_at DESC, id DESC OFFSET $2::int)`,
    [agentId, most, now],
  )
}

export async function roundById(sql: Sql, id: string): Promise<RoundRow | null> {
  const row = await queryOne<Omit<RoundRow, 'call'> & { call: Uint8Array }>(
    sql,
    `SELECT id::text AS id, agent_id::text AS "agentId", upstream_id::text AS "upstreamId", run_id::text AS "runId", action_id::text AS "actionId",
       call, expires_at AS "expiresAt", taken_by::text AS "takenBy" FROM upstream_round WHERE id = $1::uuid`,
    [id],
  )
  return row && { ...row, call: Buffer.from(row.call) }
}

/** Takes a round for an action; false where another has it, or its time is over. */
export async function markTaken(sql: Sql, id: string, actionId: string, now: Date): Promise<boolean> {
  const rows = await query(
    sql,
    `UPDATE upstream_round SET taken_by = $2::uuid, taken_at = $3::timestamptz
     WHERE id = $1::uuid AND taken_by IS NULL AND expires_at > $3::timestamptz RETURNING id::text`,
    [id, actionId, now],
  )
  return rows.length === 1
}

export async function deleteRounds(sql: Sql, before: Date): Promise<void> {
  await query(sql, 'DELETE FROM upstream_round WHERE expires_at < $1::timestamptz', [before])
}
