import type { Db } from '@/lib/db/client'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import { coversScope, DEFAULT_SCHEDULE, type DrillSchedule, GRACE_MS, nextDue } from './drill-schedule'
import { findDrills, findInScope } from './store-drill'

/** When drills are due, as somebody last said. */
export async function scheduleInForce(sql: Sql): Promise<DrillSchedule> {
  const row = await queryOne<DrillSchedule>(
    sql,
    `SELECT every_months AS "everyMonths", day, hour, scope, target, when_due AS "whenDue", target_ms AS "targetMs"
       FROM drill_schedule ORDER BY set_at DESC, id DESC LIMIT 1`,
  )
  return row ?? DEFAULT_SCHEDULE
}

/** The organisation's clock, and since when it owes drills. */
export async function drillClock(sql: Sql): Promise<{ timeZone: string; since: Date }> {
  const row = await queryOne<{ timeZone: string; since: Date }>(
    sql,
    'SELECT time_zone AS "timeZone", created_at AS since FROM organisation',
  )
  return row ?? { timeZone: 'UTC', since: new Date() }
}

/**
 * Works out from when the next drill is due. A drill counts once it has begun and covers the schedule's scope; one that was not agreed to or could not be
 * engaged does not.
 * @returns the moment; null where there is nobody to drill
 */
export async function workOutDue(sql: Sql): Promise<Date | null> {
  const schedule = await scheduleInForce(sql)
  const agents = await findInScope(sql, schedule.scope, schedule.target)
  if (agents.length === 0) return null
  const { timeZone, since } = await drillClock(sql)
  const drills = await findDrills(sql, 200)
  const last = drills.find(
    (drill) => drill.begun_at !== null && drill.outcome !== 'prevented' && coversScope(drill, schedule),
  )
  return nextDue(schedule, timeZone, last?.begun_at ?? null, since)
}

/** Keeps from when the next drill is due, and overdue, where the frame of every page reads it; in the caller's transaction. */
export async function noteDue(db: Db): Promise<Date | null> {
  const due = await workOutDue(db)
  await query(
    db,
    `INSERT INTO drill_due (id, at, overdue_at) VALUES (1, $1::timestamptz, $2::timestamptz)
     ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at, overdue_at = EXCLUDED.overdue_at RETURNING 1 AS noted`,
    [due, due === null ? null : new Date(due.getTime() + GRACE_MS)],
  )
  return due
}
