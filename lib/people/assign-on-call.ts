import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { shiftProblem } from './on-call'
import { findPerson, tellPeople } from './store'

/**
 * Puts somebody on call, from now or from a moment on (C34). Several may be on call at once: a handover overlaps.
 * @throws Fault `invalid_request` naming the field
 */
export async function assignOnCall(
  db: Db,
  actor: Actor,
  given: { personId: string; startsAt?: Date | undefined; endsAt?: Date | undefined },
  now: Date,
): Promise<string> {
  const person = await findPerson(db, given.personId)
  if (person === null || person.deactivatedAt !== null)
    throw fault('invalid_request', { field: 'personId', detail: 'Choose somebody whose account is active.' })
  if (person.roles.includes('auditor'))
    throw fault('invalid_request', {
      field: 'personId',
      detail: 'An auditor changes nothing, so an auditor cannot hold the kill switch.',
    })
  // Whoever is on call lifts halts, and an administrator approves nothing (DESIGN §7): they could make the second person themselves.
  if (person.roles.includes('administrator'))
    throw fault('invalid_request', {
      field: 'personId',
      detail: 'An administrator manages accounts, so an administrator cannot also lift halts. Choose somebody else.',
    })
  const shift = { startsAt: given.startsAt ?? now, endsAt: given.endsAt ?? null }
  const problem = shiftProblem(shift, now)
  if (problem !== undefined) throw fault('invalid_request', problem)
  const id = newId(now.getTime())
  await db.onCallShift.create({
    data: { id, personId: person.id, ...shift, assignedBy: actor.id, createdAt: now },
    select: { id: true },
  })
  await append(db, {
    kind: 'on_call.assigned',
    actor: `person:${actor.id}`,
    about: { person: person.id, shift: id },
    payload: { starts_at: shift.startsAt.toISOString(), ends_at: shift.endsAt?.toISOString() ?? null },
  })
  await tellPeople(db)
  return id
}

/**
 * Ends a shift now; one that has not begun never will.
 * @throws Fault `not_found`, `wrong_state` when it is over already
 */
export async function endOnCall(db: Db, actor: Actor, shiftId: string, now: Date): Promise<void> {
  const shift = await db.onCallShift.findUnique({ where: { id: shiftId } })
  if (shift === null) throw fault('not_found')
  if (shift.endsAt !== null && shift.endsAt <= now) throw fault('wrong_state', { detail: 'This shift is over.' })
  // A shift must end after it starts: one that has not begun is put in the past, where it covers nothing.
  const startsAt = shift.startsAt < now ? shift.startsAt : new Date(now.getTime() - 1)
  await db.onCallShift.update({ where: { id: shiftId }, data: { startsAt, endsAt: now }, select: { id: true } })
  await append(db, {
    kind: 'on_call.ended',
    actor: `person:${actor.id}`,
    about: { person: shift.personId, shift: shiftId },
  })
  await tellPeople(db)
}
