import { uuidv7 } from '@/lib/core/ids'
import { query, type Sql } from '@/lib/ledger/sql'

/** Decisions since a moment, by hour (hours since 1970) and outcome; index entry_outcome (outcome, id), whose order is time. */
export function countDecisions(sql: Sql, since: Date): Promise<{ hour: number; outcome: string; count: number }[]> {
  return query(
    sql,
    `SELECT (('x' || translate(left(e.id::text, 13), '-', ''))::bit(48)::bigint / 3600000)::integer AS hour, e.outcome, count(*)::integer AS count
       FROM ledger.entry e
      WHERE e.outcome IN ('allow', 'hold', 'forbid') AND e.id >= $1::uuid
      GROUP BY 1, 2`,
    [uuidv7(since.getTime(), new Uint8Array(10))],
  )
}
