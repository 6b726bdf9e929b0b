import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { delegationProblem } from './delegation'
import { findPerson, tellPeople } from './store'
import { findDelegation, insertDelegation, listOver, overlaps, setEnded } from './store-delegation'
import { wordsFor } from './words-for'

/**
 * Names who answers for the person asking while they are away, from now or a moment on until another (ADR 0032). It lends no seat of
 * its own: whoever stands in answers once, and then both have.
 * @throws Fault `invalid_request` naming the field, `conflict` where somebody stands in then already
 */
export async function beginDelegation(
  db: Db,
  actor: Actor,
  given: { delegateId: string; startsAt?: Date | undefined; endsAt: Date },
  now: Date,
): Promise<string> {
  const times = { startsAt: given.startsAt ?? now, endsAt: given.endsAt }
  const problem = delegationProblem({ delegatorId: actor.id, delegateId: given.delegateId, ...times }, now)
  if (problem !== undefined) throw fault('invalid_request', problem)
  const delegate = await findPerson(db, given.delegateId)
  if (delegate === null || delegate.deactivatedAt !== null)
    throw fault('invalid_request', { field: 'delegateId', detail: 'Choose somebody whose account is active.' })
  if (wordsFor({ ...delegate, onCall: false, team: null }).length === 0)
    throw fault('invalid_request', {
      field: 'delegateId',
      detail: 'Administrators and auditors approve nothing, so they stand in for nobody. Choose somebody else.',
    })
  if (await overlaps(db, actor.id, times.startsAt, times.endsAt))
    throw fault('conflict', { field: 'startsAt', detail: 'Somebody stands in for you then already: end that first.' })
  const id = newId(now.getTime())
  await insertDelegation(db, { id, delegatorId: actor.id, delegateId: delegate.id, ...times, begunAt: now })
  await append(db, {
    kind: 'delegation.begun',
    actor: `person:${actor.id}`,
    about: { delegation: id, person: delegate.id },
    payload: { starts_at: times.startsAt.toISOString(), ends_at: times.endsAt.toISOString() },
  })
  await tellPeople(db)
  return id
}

/**
 * Ends a delegation before its time: by whoever is away, or by whom they named.
 * @throws Fault `not_found` also for everybody else, `wrong_state` when it is over already
 */
export async function endDelegation(db: Db, actor: Actor, id: string, now: Date): Promise<void> {
  const found = await findDelegation(db, id)
  if (found === null || (found.delegatorId !== actor.id && found.delegateId !== actor.id)) throw fault('not_found')
  if (found.endsAt <= now || !(await setEnded(db, id, now, actor.id)))
    throw fault('wrong_state', { detail: 'It is over already.' })
  await append(db, {
    kind: 'delegation.ended',
    actor: `person:${actor.id}`,
    about: { delegation: id, person: found.delegateId },
  })
  await tellPeople(db)
}

/** Writes the end of those whose time is over into the record; they lent nothing since. In the caller's transaction. */
export async function recordEndedDelegations(db: Db, now: Date, most = 100): Promise<number> {
  let ended = 0
  for (const { id, delegateId, endsAt } of await listOver(db, now, most)) {
    if (!(await setEnded(db, id, endsAt, null))) continue
    await append(db, {
      kind: 'delegation.ended',
      actor: 'system',
      about: { delegation: id, person: delegateId },
      labels: ['its_time_was_over'],
    })
    ended += 1
  }
  return ended
}
