import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { query } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import type { DrillSchedule } from './drill-schedule'
import { noteDue, scheduleInForce } from './drills-due'
import { type Named, TARGETS } from './targets'

/**
 * Says when drills are due and how fast agents should confirm, in the place of what was said before, which stays in its row and in the entry.
 * @throws Fault `not_found` naming the field of the scope
 */
export async function scheduleDrills(
  db: Db,
  actor: Pick<Actor, 'id'>,
  { named, ...given }: Omit<DrillSchedule, 'target'> & { named: Named },
  now: Date,
): Promise<DrillSchedule> {
  const { target } = await TARGETS[given.scope](db, named)
  const before = await scheduleInForce(db)
  const set: DrillSchedule = { ...given, target }
  await query(
    db,
    `INSERT INTO drill_schedule (id, every_months, day, hour, scope, target, when_due, target_ms, set_by)
     VALUES ($1::uuid, $2::int, $3::int, $4::int, $5, $6, $7, $8::int, $9::uuid) RETURNING 1 AS made`,
    [
      newId(now.getTime()),
      set.everyMonths,
      set.day,
      set.hour,
      set.scope,
      set.target,
      set.whenDue,
      set.targetMs,
      actor.id,
    ],
  )
  await append(db, {
    kind: 'drill.scheduled',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    payload: { before, ...set },
  })
  await noteDue(db)
  return set
}
