import type pg from 'pg'
import { applyChange } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { prepareEntry } from '@/lib/ledger/append'
import { findUnrecorded } from './store'

/**
 * Records halts that somebody engaged from the database while no server could (`halt_everything()`, ADR 0040): one entry each, labelled
 * `break_glass`, with the moment it took effect. Several replicas may try: the gate lets one.
 * @returns how many it recorded
 */
export async function recordBrokenGlass(now: Date, connections: pg.Pool = pool('reserved')): Promise<number> {
  let recorded = 0
  for (const { id, reason, engaged_at: since } of await findUnrecorded(connections)) {
    const entry = await prepareEntry(connections, {
      kind: 'halt.engaged',
      actor: 'system',
      about: { halt: id },
      labels: ['organisation', 'break_glass'],
      payload: { reason, engaged_at: since.toISOString(), recorded_at: now.toISOString() },
    })
    const applied = await applyChange('halt.record', { id }, { ...entry, projection: null }, connections)
    if (applied.applied) recorded += 1
  }
  return recorded
}
