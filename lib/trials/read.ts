import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Decision } from '@/lib/decisions/decision'
import type { SimulationResult } from './changes'
import { findSimulation, listChanges, newestSimulation, type SimulationRow, type SimulationStatus } from './store'

/** A simulation as its asker sees it. `stale`: the draft was rewritten since. */
export type Simulation = {
  id: string
  status: SimulationStatus
  /** 0 to 1 */
  progress: number
  seen: number
  since: Date
  until: Date
  finishedAt: Date | null
  result: SimulationResult | null
  stale: boolean
}

/** One decision that would have been another. `hidden`: what it was about is read only with a purpose, or gone. */
export type ListedChange = {
  id: string
  action: string
  was: Decision
  would: Decision
  reason: string
  rule: string | null
  /** the agent's words: hostile text */
  tool: string | null
  on: string | null
  /** how the action ended */
  status: string | null
}

const PAGE = 50

/** The newest simulation that a person asked of a version; null when they never did. */
export async function simulationOf(
  db: Db,
  person: { id: string },
  version: { id: string; digest: Uint8Array },
): Promise<Simulation | null> {
  const row = await newestSimulation(db, version.id, person.id)
  return row && seen(row, version.digest)
}

/** One simulation, for whoever asked for it. @throws Fault `not_found` */
export async function readSimulation(db: Db, person: { id: string }, id: string): Promise<Simulation> {
  const row = await findSimulation(db, id)
  if (row?.person_id !== person.id) throw fault('not_found')
  return seen(row, row.digest)
}

/**
 * One page of the changes, the newest first.
 * @param withheld which of some entries this person gets only after saying why: of those nothing is shown but the ids
 */
export async function readChanges(
  db: Db,
  simulation: { id: string },
  kind: { was: Decision; would: Decision } | null,
  before: string | null,
  withheld: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<{ changes: ListedChange[]; next: string | null }> {
  const rows = await listChanges(db, simulation.id, kind, before, PAGE + 1)
  const shown = rows.slice(0, PAGE)
  const hidden = await withheld(shown.map(({ id }) => id))
  return {
    changes: shown.map(({ id, tool, resource_type: type, resource_id: name, ...row }) => ({
      ...{ id, action: publicId('action', id) },
      ...{ was: row.was, would: row.would, reason: row.reason, rule: row.rule, status: row.status },
      tool: hidden.has(id) ? null : tool,
      on: hidden.has(id) || type === null ? null : `${type} ${name ?? ''}`,
    })),
    next: rows.length > PAGE ? (shown.at(-1)?.id ?? null) : null,
  }
}

function seen(row: SimulationRow, digest: Uint8Array): Simulation {
  return {
    id: row.id,
    status: row.status,
    progress: row.progress,
    seen: row.seen,
    since: row.since,
    until: row.until,
    finishedAt: row.finished_at,
    result: row.result,
    stale: !Buffer.from(row.digest).equals(Buffer.from(digest)),
  }
}
