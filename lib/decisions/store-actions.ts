import type { ApprovalStatus } from '@/lib/approvals/approval'
import type { ActionState } from '@/lib/decisions/decision'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** An action where it stands, with what its entries name. Ids are bare UUIDs. */
export type ActionRow = {
  id: string
  agent_id: string
  slug: string
  owner_id: string
  run_id: string | null
  boundary_id: string | null
  boundary_version: number | null
  boundary_digest: string | null
  approval_id: string | null
  approval_status: ApprovalStatus | null
  approval_expires_at: Date | null
  approval_closed_at: Date | null
  status: ActionState
  decision: 'allow' | 'hold' | 'forbid'
  reason_code: string
  rule: string | null
  /** its tool, where the catalogue knew it when it was decided: then its entry names it */
  tool: string | null
  digest: Uint8Array
  grant_hash: Uint8Array | null
  grant_expires_at: Date | null
  grant_used_at: Date | null
  /** grants given before the last halt, suspension or revocation are dead */
  revoked: boolean
  /** a halt in force covers it */
  frozen: boolean
}

/** Whether a halt in force covers an action `a` of an agent `g`. A scope this version does not know covers everything. */
export const FROZEN = `EXISTS (SELECT 1 FROM halt h WHERE h.lifted_at IS NULL AND CASE h.scope WHEN 'agent' THEN h.target = g.id::text
  WHEN 'team' THEN h.target = g.team_id::text WHEN 'environment' THEN h.target = g.environment WHEN 'run' THEN h.target = a.run_id::text ELSE true END)`

const ACTION = `
SELECT a.id::text AS id, a.agent_id::text AS agent_id, g.slug, g.owner_id::text AS owner_id, a.run_id::text AS run_id, a.boundary_id::text AS boundary_id,
  b.version AS boundary_version, 'sha256:' || encode(b.digest, 'hex') AS boundary_digest, a.approval_id::text AS approval_id,
  p.status AS approval_status, p.expires_at AS approval_expires_at, p.closed_at AS approval_closed_at, a.status, a.decision, a.reason_code, a.rule, a.digest, a.grant_hash, a.grant_expires_at, a.grant_used_at,
  a.epoch < greatest(e.revoked_epoch, g.revoked_epoch) AS revoked, ${FROZEN} AS frozen,
  (SELECT convert_from(d.envelope, 'UTF8')::jsonb ->> 'tool' FROM ledger.entry d WHERE d.id = a.id) AS tool
FROM gate e, action a JOIN agent g ON g.id = a.agent_id LEFT JOIN boundary_version b ON b.id = a.boundary_id
  LEFT JOIN approval p ON p.id = a.approval_id`

/** One action; null when there is none. */
export function findAction(sql: Sql, id: string): Promise<ActionRow | null> {
  return queryOne(sql, `${ACTION} WHERE a.id = $1::uuid`, [id])
}

/** One action, locked until the transaction ends. Lock the action before its approval, everywhere. */
export function lockAction(sql: Sql, id: string): Promise<ActionRow | null> {
  return queryOne(sql, `${ACTION} WHERE a.id = $1::uuid FOR UPDATE OF a`, [id])
}

/** The action a grant belongs to; uses `action_grant`. */
export function findByGrant(sql: Sql, hash: Buffer): Promise<ActionRow | null> {
  return queryOne(sql, `${ACTION} WHERE a.grant_hash = $1::bytea`, [hash])
}

/** Moves a locked action to a state; `approved` also takes the gate's present epoch, so that a halt since then still tells. */
export async function moveAction(sql: Sql, id: string, to: ActionState, at: Date, ended: boolean): Promise<void> {
  await query(
    sql,
    `UPDATE action SET status = $2, ended_at = CASE WHEN $4::boolean THEN $3::timestamptz END,
       epoch = CASE WHEN $2 = 'approved' THEN (SELECT epoch FROM gate) ELSE epoch END WHERE id = $1::uuid`,
    [id, to, at, String(ended)],
  )
  await query(sql, `SELECT pg_notify('actions', $1)::text AS told`, [id])
}

/** Notes the tokens an action used; false where some were noted before. */
export async function takeTokens(sql: Sql, id: string, tokens: number): Promise<boolean> {
  const rows = await query(
    sql,
    'UPDATE action SET tokens = $2::bigint WHERE id = $1::uuid AND tokens IS NULL RETURNING id::text',
    [id, String(tokens)],
  )
  return rows.length > 0
}

/** Held actions whose approval's time is over, oldest first; uses `approval_pending`. */
export async function findOverdue(sql: Sql, now: Date, most: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    sql,
    `SELECT subject_id::text AS id FROM approval WHERE status = 'pending' AND kind = 'action' AND expires_at <= $1::timestamptz ORDER BY expires_at LIMIT $2::int`,
    [now, most],
  )
  return rows.map(({ id }) => id)
}

/**
 * Actions that nobody will end any more: a grant given and never used, or used and no outcome, since `before`; and approved
 * ones whose grant was never asked for since `claimBefore`. Uses `action_open_grant`, `action_claimed`, `action_approved`.
 */
export async function findLapsed(sql: Sql, before: Date, claimBefore: Date, most: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    sql,
    `(SELECT a.id::text AS id FROM action a WHERE a.status = 'allowed' AND a.grant_expires_at <= $1::timestamptz LIMIT $3::int)
     UNION ALL (SELECT a.id::text FROM action a WHERE a.status = 'claimed' AND a.grant_used_at <= $1::timestamptz LIMIT $3::int)
     UNION ALL (SELECT a.id::text FROM action a JOIN approval p ON p.id = a.approval_id
                WHERE a.status = 'approved' AND p.closed_at <= $2::timestamptz LIMIT $3::int)`,
    [before, claimBefore, most],
  )
  return rows.map(({ id }) => id)
}
