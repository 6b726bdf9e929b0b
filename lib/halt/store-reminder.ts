import { query, type Sql } from '@/lib/ledger/sql'
import { HALT, type HaltRow } from './store'

/** Halts in force whose time to look again has come, with the last reminder; index halt_look_again. */
export function findLookAgain(sql: Sql, now: Date): Promise<(HaltRow & { reminded_at: Date | null })[]> {
  return query(
    sql,
    `SELECT due.*, (SELECT max(r.at) FROM halt_reminder r WHERE r.halt_id = due.id::uuid) AS reminded_at
       FROM (${HALT} WHERE h.lifted_at IS NULL AND h.until <= $1::timestamptz) AS due ORDER BY due.until`,
    [now],
  )
}

/** Notes that people were reminded. */
export async function insertReminder(sql: Sql, haltId: string, at: Date, alertId: string): Promise<void> {
  await query(sql, 'INSERT INTO halt_reminder (halt_id, at, alert_id) VALUES ($1::uuid, $2::timestamptz, $3::uuid)', [
    haltId,
    at,
    alertId,
  ])
}
