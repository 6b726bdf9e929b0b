import { append } from '@/lib/ledger/append'
import type { PayloadClass } from '@/lib/ledger/payload-class'
import { query, type Sql } from '@/lib/ledger/sql'

/** Says how many days the payloads of a class are kept; null keeps them for good. What is older goes with the next night's job. */
export async function changeRetention(sql: Sql, by: string, of: PayloadClass, days: number | null): Promise<void> {
  await query(
    sql,
    `INSERT INTO ledger.retention (class, days) VALUES ($1, $2::int)
     ON CONFLICT (class) DO UPDATE SET days = excluded.days, changed_at = clock_timestamp()`,
    [of, days],
  )
  await append(sql, {
    kind: 'retention.changed',
    actor: `person:${by}`,
    labels: [of],
    subject: 'organisation',
    payload: { class: of, days },
  })
}
