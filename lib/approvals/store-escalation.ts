import { query, type Sql } from '@/lib/ledger/sql'
import { TOLD_AT } from './escalation'

/**
 * Held actions that still wait and have a step due that was not told yet, at most so many, those that expire first. Index
 * approval_pending; which step it is, the rule says.
 */
export async function findUntold(sql: Sql, now: Date, most: number): Promise<{ id: string; subjectId: string }[]> {
  return query(
    sql,
    `SELECT p.id::text AS id, p.subject_id::text AS "subjectId" FROM approval p
      WHERE p.status = 'pending' AND p.kind = 'action' AND p.expires_at > $1::timestamptz
        AND (SELECT count(*) FROM approval_escalation e WHERE e.approval_id = p.id) < CASE
          WHEN coalesce(jsonb_array_length(p.rule -> 'later'), 0) = 0
            THEN (p.opened_at + (p.expires_at - p.opened_at) * ${String(TOLD_AT)} <= $1::timestamptz)::integer
          ELSE (SELECT count(*) FROM jsonb_array_elements(p.rule -> 'later') AS s(step)
            WHERE p.opened_at + (s.step ->> 'after')::bigint * interval '1 millisecond' <= $1::timestamptz) END
      ORDER BY p.expires_at, p.id LIMIT $2::integer`,
    [now, most],
  )
}

/** Notes that a step was told; false where it was before. */
export async function noteTold(sql: Sql, approvalId: string, step: number, at: Date): Promise<boolean> {
  const rows = await query(
    sql,
    `INSERT INTO approval_escalation (approval_id, step, at) VALUES ($1::uuid, $2::smallint, $3::timestamptz)
     ON CONFLICT DO NOTHING RETURNING step`,
    [approvalId, step, at],
  )
  return rows.length > 0
}
