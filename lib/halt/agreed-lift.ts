import type { Sql } from '@/lib/ledger/sql'
import { LIFT_MS } from './staged-lift'
import { findDrillOfHalt } from './store-drill'
import { findStages } from './store-stages'

/** Of the newest request to lift a halt, what this asks about. */
type Newest = { id: string; status: string; closedAt: Date | null }

/**
 * Whether two people agreed to this and the gate has not done it. `cut_off`: the server was cut off in between, so that somebody may complete it; not for
 * ever, since who agreed an hour ago agreed with another situation. `drill`: it is the lift of a live drill that goes on, which lifts itself
 * (ADR 0038). Null: neither.
 */
export async function agreedOn(
  sql: Sql,
  haltId: string,
  newest: Newest,
  now: Date,
): Promise<'cut_off' | 'drill' | null> {
  if (newest.status !== 'approved' || newest.closedAt === null) return null
  const drill = await findDrillOfHalt(sql, haltId)
  if (drill !== null && drill.approval_id === newest.id && drill.ended_at === null) return 'drill'
  if (newest.closedAt.getTime() + LIFT_MS <= now.getTime()) return null
  return (await findStages(sql, [haltId])).some(({ approval_id: id }) => id === newest.id) ? null : 'cut_off'
}
