import type { ApprovalStatus } from '@/lib/approvals/approval'
import type { ActionState } from '@/lib/decisions/decision'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { RunTimes } from '@/lib/runs/run'

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
  /** `sha256:…` of the baseline it was asked under; null where there was none, or it was never held */
  baseline_digest: string | null
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
  /** the entry that keeps the arguments a person edited it to */
  edit_id: string | null
  grant_hash: Uint8Array | null
  grant_expires_at: Date | null
  grant_used_at: Date | null
  /** grants given before the last halt, suspension or revocation are dead */
  revoked: boolean
  /** a halt in force covers it */
  frozen: boolean
  /** the gate's, in the same look that found it frozen or not */
  gate_epoch: string
  /** what an approver asks its agent, while it waits */
  question_id: string | null
  question_text: string | null
  question_at: Date | null
  run_closed_at: Date | null
  run_lease_until: Date | null
  /** it is no action but a test request (ADR 0035), whose id is that of no action */
  planted?: true
}

/**
 * Whether a halt in force covers something of an agent `g`. A scope this version does not know covers everything.
 * @param run SQL for the id of its run, as text
 * @param action SQL for the id of the action, whose projection names its tool
 */
export const frozenBy = (run: string, action: string): string =>
  `EXISTS (SELECT 1 FROM halt h WHERE h.lifted_at IS NULL AND NOT (g.id = ANY (h.released)) AND CASE h.scope WHEN 'agent' THEN h.target = g.id::text
  WHEN 'team' THEN h.target = g.team_id::text WHEN 'environment' THEN h.target = g.environment WHEN 'run' THEN h.target = ${run}
  WHEN 'tool' THEN coalesce((SELECT j.tool = h.target FROM ledger.projection j WHERE j.entry_id = ${action}), true)
  WHEN 'server' THEN coalesce((SELECT split_part(j.tool, '.', 1) = h.target FROM ledger.projection j WHERE j.entry_id = ${action}), true) ELSE true END)`

/** The same of an action `a`. */
export const FROZEN = frozenBy('a.run_id::text', 'a.id')

const ACTION = `
SELECT a.id::text AS id, a.agent_id::text AS agent_id, g.slug, g.owner_id::text AS owner_id, a.run_id::text AS run_id, a.boundary_id::text AS boundary_id,
  b.version AS boundary_version, 'sha256:' || encode(b.digest, 'hex') AS boundary_digest, p.rule ->> 'baseline' AS baseline_digest, a.approval_id::text AS approval_id,
  p.status AS approval_status, p.expires_at AS approval_expires_at, p.closed_at AS approval_closed_at, a.status, a.decision, a.reason_code, a.rule, a.digest, a.edit_id::text AS edit_id, a.grant_hash, a.grant_expires_at, a.grant_used_at,
  a.epoch < greatest(e.revoked_epoch, g.revoked_epoch, r.revoked_epoch) AS revoked, r.closed_at AS run_closed_at, r.lease_until AS run_lease_until, ${FROZEN} AS frozen, e.epoch::text AS gate_epoch,
  (SELECT convert_from(d.envelope, 'UTF8')::jsonb ->> 'tool' FROM ledger.entry d WHERE d.id = a.id) AS tool
  , q.id::text AS question_id, q.text AS question_text, q.asked_at AS question_at
FROM gate e, action a JOIN agent g ON g.id = a.agent_id LEFT JOIN boundary_version b ON b.id = a.boundary_id
  LEFT JOIN approval p ON p.id = a.approval_id LEFT JOIN run r ON r.id = a.run_id
  LEFT JOIN question q ON q.approval_id = p.id AND q.answered_at IS NULL AND q.erased_at IS NULL AND p.status = 'pending'`

/** One action; null when there is none. */
export function findAction(sql: Sql, id: string): Promise<ActionRow | null> {
  return queryOne(sql, `${ACTION} WHERE a.id = $1::uuid`, [id])
}

/** Those of these actions that there are. */
export function findActions(sql: Sql, ids: readonly string[]): Promise<ActionRow[]> {
  return query(sql, `${ACTION} WHERE a.id = ANY (string_to_array($1, ',')::uuid[])`, [ids.join(',')])
}

/** The entry of an edit, with who made it and when. */
export type EditRow = { id: string; by: string; at: Date }

/** Those of these edits that there are. */
export function editsOf(sql: Sql, entryIds: readonly string[]): Promise<EditRow[]> {
  return query(
    sql,
    `SELECT e.id::text AS id, e.recorded_at AS at, p.name AS by FROM ledger.entry e
       JOIN person p ON p.id = e.person_id WHERE e.id = ANY (string_to_array($1, ',')::uuid[])`,
    [entryIds.join(',')],
  )
}

/** One action, locked until the transaction ends. Lock the action before its approval, everywhere. */
export function lockAction(sql: Sql, id: string): Promise<ActionRow | null> {
  return queryOne(sql, `${ACTION} WHERE a.id = $1::uuid FOR UPDATE OF a`, [id])
}

/** The action a grant belongs to; uses `action_grant`. */
export function findByGrant(sql: Sql, hash: Buffer): Promise<ActionRow | null> {
  return queryOne(sql, `${ACTION} WHERE a.grant_hash = $1::bytea`, [hash])
}

/** The action a grant belonged to before it was given anew; uses the primary key of `grant_replaced`. */
export function findByReplacedGrant(sql: Sql, hash: Buffer): Promise<ActionRow | null> {
  return queryOne(
    sql,
    `${ACTION} WHERE a.id = (SELECT o.action_id FROM grant_replaced o WHERE o.grant_hash = $1::bytea)`,
    [hash],
  )
}

/** The run of an action as the rule reads it; null where the action is its own. */
export function runTimesOf(action: Pick<ActionRow, 'run_id' | 'run_closed_at' | 'run_lease_until'>): RunTimes | null {
  return action.run_id === null ? null : { closedAt: action.run_closed_at, leaseUntil: action.run_lease_until }
}

/**
 * Actions that wait, or were approved and not begun, whose run is over, at most so many: all of them, or those of one run. Uses `action_open_of_run`.
 * @param lapsedBefore leases that ended before this are not waited for any more
 */
export async function findOfEndedRuns(
  sql: Sql,
  lapsedBefore: Date,
  most: number,
  runId: string | null = null,
): Promise<string[]> {
  const rows = await query<{ id: string }>(
    sql,
    `SELECT a.id::text AS id FROM action a JOIN run r ON r.id = a.run_id
      WHERE (a.status = 'held' OR (a.status = 'approved' AND a.grant_hash IS NULL)) AND a.run_id IS NOT NULL AND ($3::text IS NULL OR a.run_id = $3::uuid)
        AND (r.closed_at IS NOT NULL OR r.lease_until <= $1::timestamptz) ORDER BY a.id LIMIT $2::int`,
    [lapsedBefore, most, runId],
  )
  return rows.map(({ id }) => id)
}

/**
 * Counts one more refusal of an action's grant; answers how many there have been for this reason. The row is locked until the transaction
 * ends, so of many at once each is told another number.
 */
export async function countRefusal(sql: Sql, actionId: string, reason: string): Promise<number> {
  const row = await queryOne<{ count: number }>(
    sql,
    `INSERT INTO grant_refused AS k (action_id, reason) VALUES ($1::uuid, $2)
     ON CONFLICT (action_id, reason) DO UPDATE SET count = k.count + 1, last_at = clock_timestamp() RETURNING k.count`,
    [actionId, reason],
  )
  return row?.count ?? 1
}

export type RefusalCount = { reason: string; count: number; first_at: Date; last_at: Date }

/** How often an action's grant was refused, by why. */
export function listRefusals(sql: Sql, actionId: string): Promise<RefusalCount[]> {
  return query(
    sql,
    'SELECT reason, count, first_at, last_at FROM grant_refused WHERE action_id = $1::uuid ORDER BY first_at, reason',
    [actionId],
  )
}

/**
 * Notes on a locked action under which epoch of the gate its first approver found it not frozen. A halt that came after that look, also
 * while the verdict was being written, or between two of them, still tells.
 */
export async function stampEpoch(sql: Sql, id: string, epoch: string): Promise<void> {
  await query(sql, 'UPDATE action SET epoch = $2::bigint WHERE id = $1::uuid', [id, epoch])
}

/** Moves a locked action to a state, and tells whoever waits once that commits. */
export async function moveAction(sql: Sql, id: string, to: ActionState, at: Date, ended: boolean): Promise<void> {
  await query(
    sql,
    `WITH moved AS (
       UPDATE action SET status = $2, ended_at = CASE WHEN $4::boolean THEN $3::timestamptz END WHERE id = $1::uuid RETURNING id)
     SELECT pg_notify('actions', id::text)::text AS told FROM moved`,
    [id, to, at, String(ended)],
  )
}

/** Tells whoever waits for an action to read it again, once the transaction commits. */
export async function tellAction(sql: Sql, id: string): Promise<void> {
  await query(sql, `SELECT pg_notify('actions', $1)::text AS told`, [id])
}

/** Gives a locked held action, and the approval it waits for, the digest of edited arguments; `entry` keeps them, null where it is as it was asked. */
export async function moveDigest(
  sql: Sql,
  id: string,
  approvalId: string,
  digest: Buffer,
  entry: string | null,
): Promise<void> {
  await query(sql, 'UPDATE approval SET digest = $2::bytea WHERE id = $1::uuid', [approvalId, digest])
  await query(sql, 'UPDATE action SET digest = $2::bytea, edit_id = $3::uuid WHERE id = $1::uuid', [id, digest, entry])
  await tellAction(sql, id)
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
 * Actions that nobody will end any more: a grant given and never used, or used and no outcome, or given for what people approved, since
 * `before`; and approved ones whose grant was never asked for since `claimBefore`. Uses `action_open_grant`, `action_claimed`, `action_approved`.
 */
export async function findLapsed(sql: Sql, before: Date, claimBefore: Date, most: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    sql,
    `(SELECT a.id::text AS id FROM action a WHERE a.status IN ('allowed', 'approved') AND a.grant_expires_at <= $1::timestamptz LIMIT $3::int)
     UNION ALL (SELECT a.id::text FROM action a WHERE a.status = 'claimed' AND a.grant_used_at <= $1::timestamptz LIMIT $3::int)
     UNION ALL (SELECT a.id::text FROM action a JOIN approval p ON p.id = a.approval_id
                WHERE a.status = 'approved' AND a.grant_hash IS NULL AND p.closed_at <= $2::timestamptz LIMIT $3::int)`,
    [before, claimBefore, most],
  )
  return rows.map(({ id }) => id)
}

/** Whether an action was asked for by an enforcement point (ADR 0047), by the credential of its decision. */
export async function askedByPoint(sql: Sql, id: string): Promise<boolean> {
  const row = await queryOne<{ point: boolean }>(
    sql,
    'SELECT c.enforcement_point_id IS NOT NULL AS point FROM action a JOIN credential c ON c.id = a.credential_id WHERE a.id = $1::uuid',
    [id],
  )
  return row?.point === true
}
