import { query, type Sql } from '@/lib/ledger/sql'

/** How long an idempotency key stands, in milliseconds (DESIGN §4). */
export const KEY_MS = 24 * 3_600_000

/** Forgets idempotency keys that no longer count and counters of windows long over. Neither is a record: the ledger keeps those. */
export async function forgetKeys(sql: Sql, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEY_MS)
  await query(sql, 'DELETE FROM idempotency WHERE created_at < $1::timestamptz', [before])
  // a day's window is over a day after it began; another day for a clock change and a zone
  await query(sql, 'DELETE FROM counter WHERE starts_at < $1::timestamptz', [new Date(before.getTime() - KEY_MS)])
}
