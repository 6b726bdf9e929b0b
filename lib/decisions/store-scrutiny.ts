import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { CheckInput } from './scrutiny-contract'
import type { ActionKind } from './kinds'

export type CheckRow = {
  id: string
  kind: ActionKind
  title: string
  look_for: string
  position: number
  active: boolean
  changed_by: string | null
  changed_at: Date
}

const CHECK = `SELECT s.id::text AS id, s.kind, s.title, s.look_for, s.position, s.active, p.name AS changed_by, s.changed_at
  FROM scrutiny_check s LEFT JOIN person p ON p.id = s.changed_by`

/** What is looked for in actions of some kinds; index `scrutiny_check_kind`. */
export function activeChecks(sql: Sql, kinds: readonly ActionKind[]): Promise<CheckRow[]> {
  return query(sql, `${CHECK} WHERE s.active AND s.kind = ANY (string_to_array($1, ',')) ORDER BY s.position, s.id`, [
    kinds.join(','),
  ])
}

/** Every one there ever was. */
export function allChecks(sql: Sql): Promise<CheckRow[]> {
  return query(sql, `${CHECK} ORDER BY s.active DESC, s.position, s.id`)
}

/** One, locked until the transaction ends. */
export function lockCheck(sql: Sql, id: string): Promise<CheckRow | null> {
  return queryOne(sql, `${CHECK} WHERE s.id = $1::uuid FOR UPDATE OF s`, [id])
}

/** The titles of some, by id. */
export async function titlesOf(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await query<{ id: string; title: string }>(
    sql,
    `SELECT id::text AS id, title FROM scrutiny_check WHERE id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
  return new Map(rows.map(({ id, title }) => [id, title]))
}

/** Adds one. */
export async function insertCheck(sql: Sql, id: string, check: CheckInput, by: string): Promise<void> {
  await query(
    sql,
    `INSERT INTO scrutiny_check (id, kind, title, look_for, position, active, changed_by)
     VALUES ($1::uuid, $2, $3, $4, $5::integer, $6 = 'true', $7::uuid)`,
    [id, check.kind, check.title, check.lookFor, check.position, String(check.active), by],
  )
}

/** Changes one. */
export async function updateCheck(sql: Sql, id: string, check: CheckInput, by: string): Promise<void> {
  await query(
    sql,
    `UPDATE scrutiny_check SET kind = $2, title = $3, look_for = $4, position = $5::integer, active = ($6 = 'true'), changed_by = $7::uuid,
            changed_at = clock_timestamp() WHERE id = $1::uuid`,
    [id, check.kind, check.title, check.lookFor, check.position, String(check.active), by],
  )
}
