import type { ApprovalKind } from './approval'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'

const STANDS = '(l.until > $1::timestamptz OR l.taken_until > $1::timestamptz)'

/**
 * Notes that somebody looks, or takes it. Looking that goes on keeps its beginning; what was taken and still is, stays so until
 * `takenUntil`.
 * @returns whether others see something new
 */
export async function upsertLooking(
  sql: Sql,
  {
    approvalId,
    personId,
    now,
    until,
    take,
    takenUntil,
  }: { approvalId: string; personId: string; now: Date; until: Date; take: boolean; takenUntil: Date },
): Promise<boolean> {
  const row = await queryOne<{ fresh: boolean }>(
    sql,
    `INSERT INTO looking AS l (approval_id, person_id, since, until, taken_at, taken_until)
     VALUES ($2::uuid, $3::uuid, $1::timestamptz, $4::timestamptz, CASE WHEN $5::boolean THEN $1::timestamptz END, CASE WHEN $5::boolean THEN $6::timestamptz END)
     ON CONFLICT (approval_id, person_id) DO UPDATE SET
       since = CASE WHEN l.until > $1::timestamptz THEN l.since ELSE $1::timestamptz END,
       until = greatest(l.until, $4::timestamptz),
       taken_at = CASE WHEN $5::boolean THEN $1::timestamptz WHEN l.taken_until > $1::timestamptz THEN l.taken_at END,
       taken_until = CASE WHEN $5::boolean OR l.taken_until > $1::timestamptz THEN $6::timestamptz END
     RETURNING since = $1::timestamptz OR $5::boolean AS fresh`,
    [now, approvalId, personId, until, String(take), takenUntil],
  )
  return row?.fresh ?? false
}

/** Gives up what was taken; whoever looks goes on looking. @returns whether it was taken */
export async function releaseLooking(sql: Sql, approvalId: string, personId: string): Promise<boolean> {
  const rows = await query(
    sql,
    `UPDATE looking SET taken_at = NULL, taken_until = NULL
      WHERE approval_id = $1::uuid AND person_id = $2::uuid AND taken_at IS NOT NULL RETURNING 1 AS one`,
    [approvalId, personId],
  )
  return rows.length > 0
}

/** The page is closed: what was taken stays taken for its time, otherwise nothing is left. @returns whether there was something */
export async function leaveLooking(sql: Sql, approvalId: string, personId: string, now: Date): Promise<boolean> {
  const left = await query(
    sql,
    `UPDATE looking l SET until = $1::timestamptz
      WHERE l.approval_id = $2::uuid AND l.person_id = $3::uuid AND ${STANDS} RETURNING 1 AS one`,
    [now, approvalId, personId],
  )
  return left.length > 0
}

/** Removes what is over, and of this person's all but the newest few. Rows that somebody else is just writing are left to them. */
export async function sweepLooking(sql: Sql, personId: string, most: number, now: Date): Promise<void> {
  await query(
    sql,
    `DELETE FROM looking WHERE (approval_id, person_id) IN (
       SELECT l.approval_id, l.person_id FROM looking l
        WHERE NOT coalesce(${STANDS}, false)
           OR (l.person_id = $2::uuid AND l.approval_id NOT IN (
             SELECT n.approval_id FROM looking n WHERE n.person_id = $2::uuid ORDER BY n.until DESC, n.approval_id LIMIT $3::int))
        FOR UPDATE SKIP LOCKED)`,
    [now, personId, String(most)],
  )
}

export type LookingOf = {
  approval_id: string
  person_id: string
  name: string
  since: Date
  until: Date
  taken_at: Date | null
  taken_until: Date | null
  owner_id: string | null
  kind: ApprovalKind
  opened_at: Date
  requester_id: string | null
  rule: unknown
  seats: number
}

/** Everybody's words that stand, on approvals that still wait. */
export function listLooking(sql: Sql, now: Date): Promise<LookingOf[]> {
  return query(
    sql,
    `SELECT l.approval_id::text AS approval_id, l.person_id::text AS person_id, o.name, l.since, l.until, l.taken_at, l.taken_until,
            g.owner_id::text AS owner_id, p.requester_id::text AS requester_id, p.rule, p.seats, p.kind, p.opened_at
       FROM looking l JOIN approval p ON p.id = l.approval_id JOIN person o ON o.id = l.person_id LEFT JOIN agent g ON g.id = p.agent_id
      WHERE ${STANDS} AND p.status = 'pending' AND p.expires_at > $1::timestamptz
      ORDER BY l.since, l.person_id`,
    [now],
  )
}

/** Tells whoever listens, once the transaction commits. */
export async function notifyLooking(sql: Sql): Promise<void> {
  await query(sql, "SELECT pg_notify('looking', '')::text AS told")
}
