import type pg from 'pg'
import { applyChange } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { aboutHalt } from './about-halt'
import { findHalt } from './store'
import { findUnrecordedStops, noteShown } from './store-stages'

/**
 * Records the lifts that somebody ended without an entry (ADR 0042): by engaging their halt anew, for which the gate waits for no entry, also from the
 * database; or by stopping them while the ledger could not be written. One entry each, with the moment it took effect; until it is there, nothing
 * more of that halt is let go. Several may try: the gate lets one. Then it notes what those stages had shown.
 * @returns how many it recorded
 */
export async function recordStops(connections: pg.Pool): Promise<number> {
  let recorded = 0
  for (const stopped of await findUnrecordedStops(connections)) {
    const { id, halt_id: haltId, stage, by, reason, ended_at: since, engaged_again: again } = stopped
    const halt = await findHalt(connections, haltId)
    if (halt === null) continue
    const about = aboutHalt(halt, stage)
    const entry = await prepareEntry(connections, {
      kind: 'halt.lift_stopped',
      actor: by === null ? 'system' : `person:${by}`,
      ...about,
      labels: [...about.labels, again ? 'engaged_again' : 'recorded_late'],
      about: { halt: haltId },
      payload: { reason, engaged_at: since.toISOString() },
    })
    const applied = await applyChange('halt.stop_record', { id }, { ...entry, projection: null }, connections)
    if (applied.applied) recorded += 1
  }
  await noteShown(connections)
  return recorded
}
