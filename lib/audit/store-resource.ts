import { query, type Sql } from '@/lib/ledger/sql'

export type TouchRow = { id: string; idx: string | null; kind: string; envelope: Uint8Array }

const ABOUT = `ledger.resource_of(e.envelope) = $1 AND position('"resource":"'::bytea IN e.envelope) > 0`

/** The decisions about a protected resource, newest first; index entry_resource. */
export function decisionsAbout(sql: Sql, resourceId: string, before: string | null, most: number): Promise<TouchRow[]> {
  return query(
    sql,
    `SELECT e.id::text AS id, l.idx::text AS idx, e.kind, e.envelope FROM (
       SELECT e.id, e.kind, e.envelope FROM ledger.entry e
        WHERE ${ABOUT} AND e.kind = 'action.decided' AND e.id < coalesce($2, 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid
        ORDER BY e.id DESC LIMIT $3::int) e
     LEFT JOIN ledger.leaf l ON l.entry_id = e.id ORDER BY e.id DESC`,
    [resourceId, before, most],
  )
}

/** What happened to the mark itself, oldest first; index entry_resource. */
export function marksOf(
  sql: Sql,
  resourceId: string,
): Promise<{ id: string; idx: string | null; kind: string; actor: string | null }[]> {
  return query(
    sql,
    `SELECT e.id::text AS id, l.idx::text AS idx, e.kind, e.person_id::text AS actor
       FROM ledger.entry e LEFT JOIN ledger.leaf l ON l.entry_id = e.id
      WHERE ${ABOUT} AND e.kind IN ('resource.protected', 'resource.edited', 'resource.unprotected') ORDER BY e.id LIMIT 200`,
    [resourceId],
  )
}

export type ChangeRow = {
  id: string
  status: string
  slug: string
  approval: string | null
  approval_status: string | null
  closed_at: Date | null
}

/** Where some actions and their approvals stand. */
export function standingOfActions(sql: Sql, ids: readonly string[]): Promise<ChangeRow[]> {
  return query(
    sql,
    `SELECT x.id::text AS id, x.status, a.slug, x.approval_id::text AS approval, v.status AS approval_status, v.closed_at
       FROM action x JOIN agent a ON a.id = x.agent_id LEFT JOIN approval v ON v.id = x.approval_id
      WHERE x.id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
}

/** When some actions were reported to have ended; index entry_action. */
export function endsOfActions(sql: Sql, ids: readonly string[]): Promise<{ action: string; id: string }[]> {
  return query(
    sql,
    `SELECT action_id::text AS action, max(id::text) AS id FROM ledger.entry
      WHERE action_id = ANY (string_to_array($1, ',')::uuid[]) AND kind = 'action.completed' GROUP BY action_id`,
    [ids.join(',')],
  )
}
