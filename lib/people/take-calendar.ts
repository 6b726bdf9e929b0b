import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { CALENDAR_AHEAD_DAYS, readCalendar, type ReadCalendar } from './calendar'
import { tellPeople } from './store'
import { calendarPeople, clearCalendar, lockRota } from './store-rota'

/** What a calendar would make, without making it: its shifts from now on, and what is wrong with it, event by event. */
export async function previewCalendar(db: Db, text: string, now: Date): Promise<ReadCalendar> {
  const { people, timeZone } = await calendarPeople(db)
  const until = new Date(now.getTime() + CALENDAR_AHEAD_DAYS * 86_400_000)
  return readCalendar(text, people, { from: now, until, timeZone })
}

/**
 * Takes a calendar: its shifts are put in the place of those the one before made ahead. A calendar with anything wrong in it is not
 * taken at all; administrators and auditors are nobody it can name.
 * @throws Fault `invalid_request` naming the first event that is wrong
 */
export async function takeCalendar(db: Db, actor: Actor, text: string, now: Date): Promise<{ shifts: number }> {
  await lockRota(db)
  const { shifts, problems } = await previewCalendar(db, text, now)
  const [first] = problems
  if (first !== undefined)
    throw fault('invalid_request', { field: 'calendar', detail: `${first.event}: ${first.detail}` })
  await clearCalendar(db, now)
  await db.onCallShift.createMany({
    data: shifts.map(({ personId, startsAt, endsAt }) => ({
      id: newId(now.getTime()),
      personId,
      startsAt: startsAt < now ? now : startsAt,
      endsAt,
      assignedBy: actor.id,
      createdAt: now,
      source: 'calendar',
    })),
  })
  await append(db, {
    kind: 'rota.imported',
    actor: `person:${actor.id}`,
    payload: {
      shifts: shifts.map(({ personId, startsAt, endsAt }) => [personId, startsAt.toISOString(), endsAt.toISOString()]),
    },
  })
  await tellPeople(db)
  return { shifts: shifts.length }
}
