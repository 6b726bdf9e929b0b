import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { redactText } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { DEFAULT_WINDOW_MS, type DrillScope } from './drill'
import { noteDue, scheduleInForce } from './drills-due'
import { findInScope, findOpenDrills, insertBegun, insertDrill, lockDrills, tellDrill } from './store-drill'
import { type Named, TARGETS } from './targets'

/** A rehearsal somebody begins, or the schedule does (`by` null, for the moment `dueAt`). */
export type Rehearsal = {
  scope: DrillScope
  named: Named
  note?: string
  windowMs?: number
  by: string | null
  dueAt?: Date
  now: Date
}

/**
 * Begins a rehearsal (C33): every agent that can act in the scope is told on its stream of halts, and is to confirm as if it were one. Nothing
 * stops. In the caller's transaction.
 * @returns its id
 * @throws Fault `not_found` naming the field of the scope, `wrong_state` where one of this scope goes on, or began for the same due moment, `invalid_request` where no agent could act
 */
export async function rehearse(
  db: Db,
  { scope, named, note = '', windowMs = DEFAULT_WINDOW_MS, by, dueAt, now }: Rehearsal,
): Promise<string> {
  const { target, agent, owner, word } = await TARGETS[scope](db, named)
  await lockDrills(db)
  await refuseSecond(db, scope, target)
  const agents = await agentsIn(db, scope, target)
  const { targetMs } = await scheduleInForce(db)
  const id = newId(now.getTime())
  await insertDrill(db, {
    id,
    kind: 'rehearsal',
    scope,
    target,
    note: redactText(note).text,
    target_ms: targetMs,
    window_ms: windowMs,
    asked_by: by,
    halt_id: null,
    approval_id: null,
  })
  if (!(await insertBegun(db, id, agents, dueAt ?? null)))
    throw fault('wrong_state', { detail: 'The drill of this due moment has begun already.' })
  await append(db, {
    kind: 'drill.begun',
    actor: by === null ? 'system' : `person:${by}`,
    agent,
    owner,
    about: { drill: id },
    labels: ['rehearsal', scope, ...(word === null ? [] : [word])],
    payload: { agents: agents.length, target_ms: targetMs, window_ms: windowMs, ...(note !== '' && { note }) },
  })
  await noteDue(db)
  await tellDrill(db, id)
  return id
}

/** @throws Fault `wrong_state` where a drill of exactly this goes on or waits for its second person */
export async function refuseSecond(db: Db, scope: string, target: string): Promise<void> {
  const open = (await findOpenDrills(db)).find((drill) => drill.scope === scope && drill.target === target)
  if (open)
    throw fault('wrong_state', {
      detail: 'A drill of this goes on, or waits for its second person. Let it end first.',
    })
}

/** Whom a drill is for, by id. @throws Fault `invalid_request` where nobody is */
export async function agentsIn(db: Db, scope: DrillScope, target: string): Promise<string[]> {
  const agents = await findInScope(db, scope, target)
  if (agents.length === 0)
    throw fault('invalid_request', {
      field: 'scope',
      detail: 'No agent in this could act, so there is nobody to drill.',
    })
  return agents.map(({ id }) => id)
}
