import type pg from 'pg'
import { applyChange } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { aboutHalt } from './about-halt'
import { findHalt } from './store'
import { findUnrecordedStops } from './store-stages'

/**
 * Records the lifts that somebody ended by engaging their halt anew (ADR 0042): the gate stops at once, for nobody's entry, also for whoever did it from
 * the database. One entry each, with the moment it took effect; until it is there, nothing more of that halt is let go. Several may try: the
 * gate lets one.
 * @returns how many it recorded
 */
export async function recordStops(connections: pg.Pool): Promise<number> {
  let recorded = 0
  for (const { id, halt_id: haltId, stage, by, reason, ended_at: since } of await findUnrecordedStops(connections)) {
    const halt = await findHalt(connections, haltId)
    if (halt === null) continue
    const about = aboutHalt(halt, stage)
    const entry = await prepareEntry(connections, {
      kind: 'halt.lift_stopped',
      actor: by === null ? 'system' : `person:${by}`,
      ...about,
      labels: [...about.labels, 'engaged_again'],
      about: { halt: haltId },
      payload: { reason, engaged_at: since.toISOString() },
    })
    const applied = await applyChange('halt.stop_record', { id }, { ...entry, projection: null }, connections)
    if (applied.applied) recorded += 1
  }
  return recorded
}
