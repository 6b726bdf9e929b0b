import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** Remembers by which decision a call was let through. A call that comes again under the same name is about the newer one. */
export async function writeCall(
  sql: Sql,
  call: { agentId: string; session: string; call: string; actionId: string; likeness: Buffer; at: Date },
): Promise<void> {
  await query(
    sql,
    `INSERT INTO hook_call (agent_id, session, call, action_id, likeness, at) VALUES ($1::uuid, $2::text, $3::text, $4::uuid, $5::bytea, $6::timestamptz)
     ON CONFLICT (agent_id, session, call) DO UPDATE SET action_id = EXCLUDED.action_id, likeness = EXCLUDED.likeness, at = EXCLUDED.at`,
    [call.agentId, call.session, call.call, call.actionId, call.likeness, call.at],
  )
}

/** The action a call was let through by; null where none was. */
export async function actionOfCall(sql: Sql, agentId: string, session: string, call: string): Promise<string | null> {
  const row = await queryOne<{ id: string }>(
    sql,
    'SELECT action_id::text AS id FROM hook_call WHERE agent_id = $1::uuid AND session = $2::text AND call = $3::text',
    [agentId, session, call],
  )
  return row?.id ?? null
}

/** Whether a call like this one was let through in this session since a moment. */
export async function wasLetThrough(
  sql: Sql,
  agentId: string,
  session: string,
  likeness: Buffer,
  since: Date,
): Promise<boolean> {
  const row = await queryOne(
    sql,
    `SELECT 1 AS is FROM hook_call WHERE agent_id = $1::uuid AND session = $2::text AND likeness = $3::bytea AND at > $4::timestamptz LIMIT 1`,
    [agentId, session, likeness, since],
  )
  return row !== null
}

/** Calls nobody reports on any more. */
export async function deleteCalls(sql: Sql, before: Date): Promise<void> {
  await query(sql, 'DELETE FROM hook_call WHERE at < $1::timestamptz', [before])
}

/** The action an agent's call was let through by since a moment, in whatever session; the newest of that name. */
export async function recentActionOfCall(sql: Sql, agentId: string, call: string, since: Date): Promise<string | null> {
  const row = await queryOne<{ id: string }>(
    sql,
    `SELECT action_id::text AS id FROM hook_call WHERE agent_id = $1::uuid AND call = $2::text AND at > $3::timestamptz ORDER BY at DESC LIMIT 1`,
    [agentId, call, since],
  )
  return row?.id ?? null
}
