import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** Nobody else decides which run a session is until the transaction ends. */
export async function lockSession(sql: Sql, agentId: string, session: string): Promise<void> {
  await query(sql, 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text', [`session:${agentId}:${session}`])
}

/** The run of a session, with what says whether it can go on; null where none was ever opened for it. */
export function findSession(
  sql: Sql,
  agentId: string,
  session: string,
): Promise<{
  runId: string
  folder: string | null
  closedAt: Date | null
  leaseUntil: Date | null
  tainted: boolean
} | null> {
  return queryOne(
    sql,
    `SELECT s.run_id::text AS "runId", s.folder, r.closed_at AS "closedAt", r.lease_until AS "leaseUntil", r.tainted_at IS NOT NULL AS tainted
       FROM hook_session s JOIN run r ON r.id = s.run_id WHERE s.agent_id = $1::uuid AND s.session = $2::text`,
    [agentId, session],
  )
}

/** Says which run a session is from here on, and where it began. */
export async function writeSession(
  sql: Sql,
  session: { agentId: string; session: string; runId: string; folder: string | null },
  now: Date,
): Promise<void> {
  await query(
    sql,
    `INSERT INTO hook_session (agent_id, session, run_id, folder, heard_at) VALUES ($1::uuid, $2::text, $3::uuid, $4::text, $5::timestamptz)
     ON CONFLICT (agent_id, session) DO UPDATE SET run_id = EXCLUDED.run_id, folder = EXCLUDED.folder, heard_at = EXCLUDED.heard_at`,
    [session.agentId, session.session, session.runId, session.folder, now],
  )
}

/**
 * Sessions nobody has heard of for so long are forgotten; their runs and entries stay. One that read untrusted content is not: whoever resumes it
 * brings back what it read, however late.
 */
export async function deleteSessions(sql: Sql, before: Date): Promise<void> {
  await query(
    sql,
    `DELETE FROM hook_session s WHERE s.heard_at < $1::timestamptz
        AND NOT EXISTS (SELECT 1 FROM run r WHERE r.id = s.run_id AND r.tainted_at IS NOT NULL)`,
    [before],
  )
}
