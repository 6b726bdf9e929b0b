import { FROZEN } from '@/lib/decisions/store-actions'
import { query, type Sql } from '@/lib/ledger/sql'

/** Held actions of the same agent and run that would do the same as a newer one; index approval_waiting_deed. */
export async function olderLike(sql: Sql, actionId: string): Promise<string[]> {
  const rows = await query<{ id: string }>(
    sql,
    `SELECT o.id::text AS id
       FROM action n JOIN approval m ON m.id = n.approval_id
       JOIN approval p ON p.agent_id = m.agent_id AND p.deed = m.deed AND p.status = 'pending' AND p.kind = 'action'
       JOIN action o ON o.id = p.subject_id AND o.run_id IS NOT DISTINCT FROM n.run_id
      WHERE n.id = $1::uuid AND o.id < n.id`,
    [actionId],
  )
  return rows.map(({ id }) => id)
}

/** The action that took the place of another; null where none did. */
export async function standsInstead(sql: Sql, actionId: string): Promise<string | null> {
  const [row] = await query<{ by: string | null }>(
    sql,
    `SELECT p.superseded_by::text AS by FROM action a JOIN approval p ON p.id = a.approval_id WHERE a.id = $1::uuid`,
    [actionId],
  )
  return row?.by ?? null
}

/** Whether an agent has used an idempotency key within its time (24 hours, as `decide` has it). */
export async function usedBefore(sql: Sql, agentId: string, keyHash: Buffer): Promise<boolean> {
  const rows = await query(
    sql,
    `SELECT 1 FROM idempotency i WHERE i.agent_id = $1::uuid AND i.key_hash = $2::bytea AND i.created_at >= clock_timestamp() - interval '24 hours'`,
    [agentId, keyHash],
  )
  return rows.length > 0
}

/** The baseline in force, as approvals keep it; no row where there is none. */
export const BASELINE = `SELECT v.version, 'sha256:' || encode(v.digest, 'hex') AS digest FROM boundary_version v
  WHERE v.agent_id IS NULL AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1`
/** Whether approval `p` was asked under another baseline than `z`; one that does not say is asked of the gate when it is claimed. */
export const OTHER_BASELINE = `(p.rule ? 'baseline' AND p.rule ->> 'baseline' IS DISTINCT FROM z.digest)`

/** A held action that is judged by what is no longer in force, and what of it changed. */
export type Outdated = { id: string; changed: 'boundary' | 'baseline' | 'stopped' }

/**
 * Held actions of agents with something waiting that are judged by a boundary or a baseline that is no longer the one in force, or that
 * somebody approved before a stop that has been lifted since, at most so many.
 */
export function findOutdated(sql: Sql, most: number): Promise<Outdated[]> {
  return query(
    sql,
    `SELECT a.id::text AS id, CASE WHEN a.boundary_id IS DISTINCT FROM b.id THEN 'boundary' WHEN ${OTHER_BASELINE} THEN 'baseline' ELSE 'stopped' END AS changed
       FROM (SELECT DISTINCT agent_id FROM approval WHERE status = 'pending' AND kind = 'action') w
       CROSS JOIN LATERAL (SELECT v.id FROM boundary_version v WHERE v.agent_id = w.agent_id AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1) b
       LEFT JOIN (${BASELINE}) z ON true
       JOIN approval p ON p.agent_id = w.agent_id AND p.status = 'pending' AND p.kind = 'action'
       JOIN action a ON a.id = p.subject_id JOIN agent g ON g.id = a.agent_id
      WHERE a.boundary_id IS DISTINCT FROM b.id OR ${OTHER_BASELINE}
         OR (p.seats > 1 AND EXISTS (SELECT FROM verdict v WHERE v.approval_id = p.id AND v.answer = 'approve')
           AND a.epoch < (SELECT greatest(e.revoked_epoch, g.revoked_epoch, (SELECT r.revoked_epoch FROM run r WHERE r.id = a.run_id)) FROM gate e) AND NOT ${FROZEN})
      ORDER BY a.id LIMIT $1::integer`,
    [most],
  )
}

/** What has been signed since an action was asked about, in words (`version 2 of the boundary`); null where nothing has. */
export async function signedSince(sql: Sql, actionId: string): Promise<string | null> {
  const [row] = await query<{ boundary: number | null; baseline: number | null; gone: boolean }>(
    sql,
    `SELECT CASE WHEN b.id IS DISTINCT FROM a.boundary_id THEN b.version END AS boundary, z.version AS baseline, ${OTHER_BASELINE} AS gone
       FROM action a JOIN approval p ON p.id = a.approval_id
      CROSS JOIN LATERAL (SELECT v.id, v.version FROM boundary_version v WHERE v.agent_id = a.agent_id AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1) b
       LEFT JOIN (${BASELINE}) z ON true
     WHERE a.id = $1::uuid`,
    [actionId],
  )
  if (row === undefined) return null
  if (row.boundary !== null) return `version ${String(row.boundary)} of the boundary`
  if (!row.gone) return null
  return row.baseline === null ? 'another baseline' : `version ${String(row.baseline)} of the baseline`
}

/** The gate's epoch: it moves with every change that alters a decision. */
export async function epochOf(sql: Sql): Promise<string> {
  const [row] = await query<{ epoch: string }>(sql, 'SELECT epoch::text AS epoch FROM gate', [])
  return row?.epoch ?? ''
}

/** The oldest approved action of an agent that would do the same and was not begun; index approval_approved_deed. */
export async function approvedDeed(sql: Sql, agentId: string, deed: Buffer): Promise<string | null> {
  const [row] = await query<{ id: string }>(
    sql,
    `SELECT a.id::text AS id FROM approval p JOIN action a ON a.id = p.subject_id
      WHERE p.agent_id = $1::uuid AND p.deed = $2::bytea AND p.status = 'approved' AND p.kind = 'action' AND a.status = 'approved' AND a.grant_hash IS NULL
      ORDER BY a.id LIMIT 1`,
    [agentId, deed],
  )
  return row?.id ?? null
}
