import type pg from 'pg'
import { fault, isFault } from '@/lib/core/fault'
import { applyChange } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { keepDrillUnrecorded } from './stop-unrecorded'
import { findHalt } from './store'
import { type DrillRow, findDrill, findDrillOfHalt } from './store-drill'

/** Who says that a drill's halt is real; `by` null: a rule, or a machine. */
export type Real = { haltId: string; by: string | null; reason: string }

/**
 * Makes the halt of a live drill real (ADR 0038): it is not lifted when it has been measured, but by two people, as every other. Whoever engages a halt
 * that stands as a drill means it; so this is part of engaging.
 * @returns `stands`: the halt goes on, whether it was a drill's or not. `lifted`: the drill's lift came first, so engage anew.
 * @throws Fault `unavailable` when the gate could not be had
 */
export async function makeReal({ haltId, by, reason }: Real, connections: pg.Pool): Promise<'stands' | 'lifted'> {
  const drill = await findDrillOfHalt(connections, haltId)
  if (drill !== null) {
    await keep(drill, { haltId, by, reason }, connections)
  }
  // read after the gate answered: either the lift came before, or it never comes
  const halt = await findHalt(connections, haltId)
  return halt !== null && halt.lifted_at === null ? 'stands' : 'lifted'
}

/** Voids the lift that was agreed to; without its entry where the ledger cannot be written, as a halt is engaged then (ADR 0041). */
async function keep(drill: DrillRow, { haltId, by, reason }: Real, connections: pg.Pool): Promise<void> {
  try {
    const entry = await prepareEntry(connections, {
      kind: 'drill.kept',
      actor: by === null ? 'system' : `person:${by}`,
      about: { approval: drill.approval_id, drill: drill.id, halt: haltId },
      labels: ['live', drill.scope],
      ...(reason !== '' && { payload: { reason } }),
    })
    await applyChange('drill.keep', { id: haltId }, { ...entry, projection: null }, connections)
  } catch (error) {
    if (isFault(error) && error.code !== 'unavailable' && error.code !== 'cannot_record') throw error
    console.error('a drill is made real without its entry:', error)
    await keepDrillUnrecorded(haltId, connections)
  }
}

/** The bare id of the halt a live drill engaged. @throws Fault `not_found`, `wrong_state` where it halted nothing or is over */
export async function haltOfDrill(connections: pg.Pool, drillId: string): Promise<string> {
  const drill = await findDrill(connections, drillId)
  if (drill === null) throw fault('not_found', { detail: 'There is no such drill.' })
  if (drill.halt_id === null || drill.begun_at === null || drill.ended_at !== null)
    throw fault('wrong_state', { detail: 'This drill holds nothing halted.' })
  return drill.halt_id
}
