import type pg from 'pg'
import { applyChange } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { prepareEntry } from '@/lib/ledger/append'
import { recordStops } from './record-stops'
import { findUnrecorded } from './store'

/**
 * Records halts that stand without an entry: those somebody engaged from the database while no server could (`halt_everything()`, ADR 0040),
 * labelled `break_glass`, those a server engaged while the ledger could not be written (ADR 0041), labelled `recorded_late`, and those
 * made whole again half way to being lifted. One entry each, with the moment it took effect. Several replicas may try: the gate lets one.
 * @returns how many it recorded
 */
export async function recordBrokenGlass(now: Date, connections: pg.Pool = pool('reserved')): Promise<number> {
  let recorded = 0
  for (const row of await findUnrecorded(connections)) {
    const { id, scope, reason, engaged_at: since, by, source } = row
    const entry = await prepareEntry(connections, {
      kind: 'halt.engaged',
      actor: by === null ? 'system' : `person:${by}`,
      agent: row.agent,
      run: row.run,
      about: { halt: id, source },
      labels: [scope, ...(scope === 'environment' ? [row.target] : []), row.by_hand ? 'break_glass' : 'recorded_late'],
      payload: { reason, engaged_at: since.toISOString(), recorded_at: now.toISOString() },
    })
    const applied = await applyChange('halt.record', { id }, { ...entry, projection: null }, connections)
    if (applied.applied) recorded += 1
  }
  return recorded + (await recordStops(connections))
}
