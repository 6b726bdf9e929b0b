import { query, queryOne, type Sql } from '@/lib/ledger/sql'

export const MARK_KINDS = ['tool', 'resource_type', 'agent'] as const
export type MarkKind = (typeof MARK_KINDS)[number]
export type MarkRow = { kind: MarkKind; value: string; marked_by: string; marked_at: Date }

/** What is marked sensitive; an organisation marks some dozens of things. */
export function markRows(sql: Sql): Promise<MarkRow[]> {
  return query(
    sql,
    'SELECT kind, value, marked_by::text AS marked_by, marked_at FROM ledger.sensitive_mark ORDER BY kind, value LIMIT 500',
  )
}

/** Marks something; false when it is marked already. */
export async function insertMark(sql: Sql, kind: MarkKind, value: string, by: string): Promise<boolean> {
  const rows = await query(
    sql,
    `INSERT INTO ledger.sensitive_mark (kind, value, marked_by) VALUES ($1, $2, $3::uuid) ON CONFLICT DO NOTHING RETURNING 1 AS one`,
    [kind, value, by],
  )
  return rows.length === 1
}

/** Takes a mark away; false when there is none. */
export async function deleteMark(sql: Sql, kind: MarkKind, value: string): Promise<boolean> {
  const rows = await query(sql, 'DELETE FROM ledger.sensitive_mark WHERE kind = $1 AND value = $2 RETURNING 1 AS one', [
    kind,
    value,
  ])
  return rows.length === 1
}

/** What a reading of an entry is for: its action, or itself; null when there is no such entry. */
export function subjectRow(sql: Sql, entryId: string): Promise<{ subject: string; agent_id: string | null } | null> {
  return queryOne(
    sql,
    'SELECT coalesce(action_id, id)::text AS subject, agent_id::text AS agent_id FROM ledger.entry WHERE id = $1::uuid',
    [entryId],
  )
}

export async function insertReading(
  sql: Sql,
  row: { entry: string; person: string; subject: string; until: Date },
): Promise<void> {
  await query(
    sql,
    'INSERT INTO ledger.reading (entry_id, person_id, subject_id, until) VALUES ($1::uuid, $2::uuid, $3::uuid, $4::timestamptz)',
    [row.entry, row.person, row.subject, row.until],
  )
}

export type GoneRow = { erasure: string | null; person: string | null; at: Date | null; expired: Date | null }

/** Why a payload cannot be read any more: its erasure, or how far its class has expired. */
export function goneRow(sql: Sql, entryId: string, payloadClass: string): Promise<GoneRow | null> {
  return queryOne(
    sql,
    `SELECT x.entry_id::text AS erasure, x.person_id::text AS person, x.at, r.applied_until AS expired
       FROM (SELECT $1::uuid AS id) e
       LEFT JOIN ledger.payload p ON p.entry_id = e.id
       LEFT JOIN LATERAL (SELECT * FROM ledger.erasure WHERE target_id = e.id OR subject_key_id = p.subject_key_id ORDER BY at LIMIT 1) x ON true
       LEFT JOIN ledger.retention r ON r.class = $2 AND p.entry_id IS NULL`,
    [entryId, payloadClass],
  )
}
