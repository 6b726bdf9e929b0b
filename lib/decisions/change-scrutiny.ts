import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import type { CheckInput } from './scrutiny-contract'
import { insertCheck, lockCheck, updateCheck } from './store-scrutiny'

/** Adds something to look for. The entry says who and of which kind; the words are its payload. @returns its id */
export async function addCheck(db: Db, actor: Actor, check: CheckInput, now: Date): Promise<string> {
  const id = newId(now.getTime())
  await insertCheck(db, id, check, actor.id)
  await record(db, actor, check, 'added', { check: id, ...told(check) })
  return id
}

/**
 * Changes something to look for, or takes it out of use. It is never removed: verdicts name it. A change to what stands already leaves no
 * entry. @throws Fault `not_found`
 */
export async function editCheck(db: Db, actor: Actor, id: string, check: CheckInput): Promise<void> {
  const before = await lockCheck(db, id)
  if (before === null) throw fault('not_found', { detail: 'There is no such thing to look for.' })
  const was = told({ ...before, lookFor: before.look_for })
  if (JSON.stringify(was) === JSON.stringify(told(check))) return
  await updateCheck(db, id, check, actor.id)
  await record(db, actor, check, check.active ? 'edited' : 'retired', { check: id, before: was, ...told(check) })
}

type Words = Pick<CheckInput, 'kind' | 'title' | 'lookFor' | 'position' | 'active'>
const told = ({ kind, title, lookFor, position, active }: Words) => ({
  kind,
  title,
  look_for: lookFor,
  position,
  active,
})

async function record(
  db: Db,
  actor: Actor,
  { kind }: CheckInput,
  what: 'added' | 'edited' | 'retired',
  payload: JsonObject,
): Promise<void> {
  await append(db, {
    kind: 'scrutiny.changed',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    labels: [what, kind],
    payload,
  })
}
