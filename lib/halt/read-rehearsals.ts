import { publicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import type { DrillEvent } from './contract'
import { findDrill, findDrillAgents, findOpenDrills, type DrillRow } from './store-drill'

/** A rehearsal as agents hear of it, and whom it is for, by id. */
export type Rehearsing = { event: DrillEvent; agents: ReadonlySet<string> }

/** The rehearsals that go on now: one, on a day of the month; else none. */
export async function rehearsalsNow(sql: Sql): Promise<Rehearsing[]> {
  const open = (await findOpenDrills(sql)).filter(({ kind }) => kind === 'rehearsal')
  const found = await Promise.all(open.map(({ id }) => rehearsalBegun(sql, id)))
  return found.filter((each) => each !== null)
}

/** A rehearsal that goes on, and the agents it is for; null when it is none, or over. */
export async function rehearsalBegun(sql: Sql, drillId: string): Promise<Rehearsing | null> {
  const drill = await findDrill(sql, drillId)
  if (drill === null || drill.kind !== 'rehearsal' || drill.ended_at !== null) return null
  const event = eventOf(drill)
  return event === null ? null : { event, agents: await findDrillAgents(sql, drillId) }
}

function eventOf({ id, scope, name, begun_at: begunAt, window_ms: windowMs }: DrillRow): DrillEvent | null {
  if (begunAt === null) return null
  return {
    id: publicId('drill', id),
    drill: true,
    scope,
    target: name,
    begun_at: begunAt.toISOString(),
    ends_at: new Date(begunAt.getTime() + windowMs).toISOString(),
  }
}
