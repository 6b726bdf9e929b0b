import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { type Rota, ROTA_AHEAD_DAYS, rotaShifts } from './rota'
import { tellPeople } from './store'
import { clearAhead, findRota, lockRota, mayHold, putOverride, putRota, writtenUntil } from './store-rota'

const DAY_MS = 86_400_000
const NEVER = 'Administrators and auditors are never on call, and neither is somebody whose account is not active.'

/**
 * Sets who is on call by turns, in the place of what was set before (C34). What a person was put on call for by name stays.
 * @throws Fault `invalid_request` naming the field
 */
export async function setRota(db: Db, actor: Actor, rota: Omit<Rota, 'overrides'>, now: Date): Promise<void> {
  const may = await mayHold(db, rota.people)
  if (rota.people.length === 0 || !rota.people.every((id) => may.has(id)))
    throw fault('invalid_request', { field: 'turn1', detail: NEVER })
  await lockRota(db)
  await putRota(db, rota, actor.id, now)
  await clearAhead(db, now)
  await writeOut(db, now, now)
  await append(db, {
    kind: 'rota.set',
    actor: `person:${actor.id}`,
    labels: [rota.length],
    payload: { people: [...rota.people], starts_on: rota.startsOn, handover: rota.handover, length: rota.length },
  })
  await tellPeople(db)
}

/**
 * Gives a day of the rota, from its handover to the next, to somebody else; null gives it back.
 * @throws Fault `invalid_request` naming the field, `wrong_state` where there is no rota
 */
export async function overrideRota(
  db: Db,
  actor: Actor,
  { day, personId }: { day: string; personId: string | null },
  now: Date,
): Promise<void> {
  if (personId !== null && !(await mayHold(db, [personId])).has(personId))
    throw fault('invalid_request', { field: 'takenBy', detail: NEVER })
  await lockRota(db)
  if ((await findRota(db, now)) === null) throw fault('wrong_state', { detail: 'Set a rota first.' })
  await putOverride(db, day, personId, actor.id, now)
  await clearAhead(db, now)
  await writeOut(db, now, now)
  await append(db, {
    kind: 'rota.overridden',
    actor: `person:${actor.id}`,
    about: { person: personId },
    payload: { day },
  })
  await tellPeople(db)
}

/** Writes what is ahead of the rota anew, in the caller's transaction: its days begin in another time zone from now on. */
export async function rewriteRota(db: Db, now: Date): Promise<void> {
  await lockRota(db)
  if ((await findRota(db, now)) === null) return
  await clearAhead(db, now)
  await writeOut(db, now, now)
}

/** Writes the rota out as far ahead as it should be, in the caller's transaction; whoever may no longer be on call leaves a gap. */
export async function extendRota(db: Db, now: Date): Promise<number> {
  await lockRota(db)
  const until = await writtenUntil(db)
  return writeOut(db, until !== null && until > now ? until : now, now)
}

async function writeOut(db: Db, from: Date, now: Date): Promise<number> {
  const found = await findRota(db, now)
  if (found === null) return 0
  const until = new Date(now.getTime() + ROTA_AHEAD_DAYS * DAY_MS)
  if (until <= from) return 0
  const shifts = rotaShifts(found.rota, found.timeZone, from, until)
  const may = await mayHold(
    db,
    shifts.map(({ personId }) => personId),
  )
  const rows = shifts
    .filter(({ personId }) => may.has(personId))
    .map(({ personId, startsAt, endsAt }) => ({
      id: newId(now.getTime()),
      personId,
      startsAt: startsAt < from ? from : startsAt,
      endsAt,
      assignedBy: found.setBy,
      createdAt: now,
      source: 'rota',
    }))
    .filter(({ startsAt, endsAt }) => endsAt > startsAt)
  await db.onCallShift.createMany({ data: rows })
  return rows.length
}
