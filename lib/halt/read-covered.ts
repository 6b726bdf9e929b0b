import type { Sql } from '@/lib/ledger/sql'
import { publicId } from '@/lib/core/ids'
import { stopsAgent } from './halt'
import { concerns, requestOf } from './read'
import { findActive, findHalt } from './store'

/** Whose sessions a halt ends. `run`: `run_…` where it ends one run of the agent alone. */
export type Covered = {
  /** `hlt_…` */
  id: string
  scope: string
  byPerson: boolean
  run: string | null
  /** by their bare ids. `stop`: which stop of the agent under this halt it is, 0 as it was engaged; `at`: since when */
  agents: { id: string; stop: number; at: Date }[]
}

/**
 * Whom a halt stops: nobody, for one of a tool or a server, under which agents go on with the rest. Null when there is no such halt.
 * @param again only whom a lift of it had let go and who is halted again, as they are now
 */
export async function coveredBy(sql: Sql, haltId: string, again: boolean): Promise<Covered | null> {
  const row = await findHalt(sql, haltId)
  if (row === null) return null
  const stops = row.scope === 'run' || stopsAgent(row.scope)
  const agents = stops ? (await findActive(sql)).filter((agent) => concerns({ ...row, released: [] }, agent)) : []
  return {
    id: publicId('halt', row.id),
    scope: row.scope,
    byPerson: row.engaged_by !== null,
    run: row.scope === 'run' ? publicId('run', row.target) : null,
    agents: agents.flatMap(({ id }) => {
      if (!again) return [{ id, stop: 0, at: row.engaged_at }]
      const { stop, at } = requestOf(row, id)
      return stop === 0 ? [] : [{ id, stop, at }]
    }),
  }
}
