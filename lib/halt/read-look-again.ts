import type { Sql } from '@/lib/ledger/sql'
import { lookAgainDue } from './look-again'
import { viewOf, type HaltView } from './read'
import { findLookAgain, insertReminder } from './store-reminder'

/** The halts somebody is to be reminded of now: their time came, and nobody was reminded within a day. */
export async function readToLookAgain(sql: Sql, now: Date): Promise<(HaltView & { until: Date })[]> {
  return (await findLookAgain(sql, now)).flatMap((row) =>
    row.until !== null && lookAgainDue(row.until, row.reminded_at, now) ? [{ ...viewOf(row), until: row.until }] : [],
  )
}

/** Notes that people were reminded of a halt, and by which alert. */
export const noteReminded = insertReminder
