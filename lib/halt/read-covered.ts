import type { Sql } from '@/lib/ledger/sql'
import { publicId } from '@/lib/core/ids'
import { stopsAgent } from './halt'
import { concerns } from './read'
import { findActive, findHalt } from './store'

/** Whose sessions a halt ends. `run`: `run_…` where it ends one run of the agent alone. */
export type Covered = {
  /** `hlt_…` */
  id: string
  scope: string
  engagedAt: Date
  byPerson: boolean
  run: string | null
  /** bare ids */
  agents: string[]
}

/** Whom a halt stops: nobody, for one of a tool or a server, under which agents go on with the rest. Null when there is no such halt. */
export async function coveredBy(sql: Sql, haltId: string): Promise<Covered | null> {
  const row = await findHalt(sql, haltId)
  if (row === null) return null
  const stops = row.scope === 'run' || stopsAgent(row.scope)
  const agents = stops ? (await findActive(sql)).filter((agent) => concerns({ ...row, released: [] }, agent)) : []
  return {
    id: publicId('halt', row.id),
    scope: row.scope,
    engagedAt: row.engaged_at,
    byPerson: row.engaged_by !== null,
    run: row.scope === 'run' ? publicId('run', row.target) : null,
    agents: agents.map(({ id }) => id),
  }
}
