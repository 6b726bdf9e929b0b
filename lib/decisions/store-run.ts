import type { ApprovalStatus } from '@/lib/approvals/approval'
import type { ActionState } from '@/lib/decisions/decision'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import { BASELINE, OTHER_BASELINE } from './store-waiting'

/** What of a run has not ended. Ids are bare UUIDs. */
export type OpenRow = {
  id: string
  status: Extract<ActionState, 'held' | 'approved' | 'claimed' | 'allowed'>
  approval_id: string | null
  expires_at: Date | null
  digest: Uint8Array | null
  tool: string | null
  resource_id: string | null
}

const OPEN = `
SELECT a.id::text AS id, a.status, a.approval_id::text AS approval_id, p.expires_at, p.digest, j.tool, j.resource_id
  FROM action a LEFT JOIN approval p ON p.id = a.approval_id LEFT JOIN ledger.projection j ON j.entry_id = a.id`

/**
 * Actions of a run that wait for a person, or were approved or begun and have not ended, oldest first; index action_open_of_run.
 * @param after the last one already seen
 */
export function listOpen(
  sql: Sql,
  runId: string,
  after: string | null,
  most: number,
  heldOnly: boolean,
): Promise<OpenRow[]> {
  return query(
    sql,
    `${OPEN} WHERE a.run_id = $1::uuid AND a.status IN ('held', 'approved', 'claimed') AND (NOT $4::boolean OR a.status = 'held')
       AND ($2::text IS NULL OR a.id > $2::uuid) ORDER BY a.id LIMIT $3::int`,
    [runId, after, most, String(heldOnly)],
  )
}

/** What a run asks people, with all that could refuse an answer to it. */
export type HeldRow = {
  id: string
  approval_id: string
  status: ApprovalStatus
  seats: number
  rule: unknown
  requester_id: string | null
  owner_id: string
  opened_at: Date
  expires_at: Date
  run_id: string
  run_closed_at: Date | null
  run_lease_until: Date | null
  /** a boundary or a baseline was signed since it was asked */
  outdated: boolean
}

/** All actions of a run that wait for a person; index action_open_of_run. An agent has as many as the inbox has places for it. */
export function listHeld(sql: Sql, runId: string): Promise<HeldRow[]> {
  return query(
    sql,
    `SELECT a.id::text AS id, p.id::text AS approval_id, p.status, p.seats, p.rule, p.requester_id::text AS requester_id, g.owner_id::text AS owner_id,
            p.opened_at, p.expires_at, r.id::text AS run_id, r.closed_at AS run_closed_at, r.lease_until AS run_lease_until,
            b.id IS DISTINCT FROM a.boundary_id OR ${OTHER_BASELINE} AS outdated
       FROM run r JOIN agent g ON g.id = r.agent_id JOIN action a ON a.run_id = r.id AND a.status = 'held' JOIN approval p ON p.id = a.approval_id
       LEFT JOIN LATERAL (SELECT v.id FROM boundary_version v WHERE v.agent_id = g.id AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1) b ON true
       LEFT JOIN (${BASELINE}) z ON true
      WHERE r.id = $1::uuid ORDER BY a.id`,
    [runId],
  )
}

/** How many actions of a run wait, were approved and not begun, are under way, and may still begin on a grant they hold. */
export async function countOpen(
  sql: Sql,
  runId: string,
): Promise<{ held: number; approved: number; claimed: number; grants: number }> {
  const row = await queryOne<{ held: number; approved: number; claimed: number; grants: number }>(
    sql,
    `SELECT count(*) FILTER (WHERE a.status = 'held')::int AS held, count(*) FILTER (WHERE a.status = 'approved')::int AS approved,
            count(*) FILTER (WHERE a.status = 'claimed')::int AS claimed,
            (SELECT count(*)::int FROM action b WHERE b.status IN ('allowed', 'approved') AND b.grant_expires_at > clock_timestamp() AND b.run_id = $1::uuid) AS grants
       FROM action a WHERE a.run_id = $1::uuid AND a.status IN ('held', 'approved', 'claimed')`,
    [runId],
  )
  return row ?? { held: 0, approved: 0, claimed: 0, grants: 0 }
}

/** What a person rejected of a run since a moment, oldest first. */
export function listRejected(
  sql: Sql,
  runId: string,
  personId: string,
  since: Date,
  most: number,
): Promise<{ action: string; approval: string; tool: string | null; resource_id: string | null; at: Date }[]> {
  return query(
    sql,
    `SELECT a.id::text AS action, p.id::text AS approval, j.tool, j.resource_id, v.at
       FROM ledger.entry e JOIN action a ON a.id = e.action_id JOIN approval p ON p.id = a.approval_id
       JOIN verdict v ON v.approval_id = p.id AND v.person_id = $2::uuid AND v.answer = 'reject' AND v.at >= $3::timestamptz
       LEFT JOIN ledger.projection j ON j.entry_id = a.id
      WHERE e.run_id = $1::uuid AND e.kind = 'approval.rejected' ORDER BY a.id LIMIT $4::int`,
    [runId, personId, since, most],
  )
}
