import { gradesOf, rankingAt, type GradeCount } from '@/lib/agents/read-grade'
import type pg from 'pg'
import { isFault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import type { HaltEvent } from './contract'
import { haltCovers, type Halt, type HaltScope } from './halt'
import {
  countReach,
  findLike,
  findHalt,
  findInForce,
  findNamed,
  findSubject,
  type HaltedAgent,
  type HaltRow,
  type NamedScope,
} from './store'
import { countReachRanks } from './store-reach'
import { type Named, TARGETS } from './targets'

/** A halt as screens show it. */
export type HaltView = {
  /** `hlt_…` */
  id: string
  haltId: string
  scope: string
  /** what it names, by name; null for the organisation */
  name: string | null
  /** when somebody should look again */
  until: Date | null
  /** the agent's slug, for scopes `agent` and `run` */
  agent: string | null
  /** `run_…`, for scope `run` */
  run: string | null
  reason: string
  /** who engaged it; null: nobody in person did */
  engagedBy: { id: string; name: string } | null
  /** the source outside that engaged it */
  source: string | null
  engagedAt: Date
  liftedAt: Date | null
  liftReason: string | null
  /** engaged by a statement in the database, by nobody known */
  fromDatabase: boolean
}

/** What banners need: the halts in force, without their agents. */
export async function haltBanners(sql: Sql): Promise<HaltView[]> {
  return (await findInForce(sql)).map(viewOf)
}

/** What anybody may know before signing in: that something is halted, whether it is everything, and since when. No names, no reasons. */
export type HaltOutside = { everything: boolean; halts: number; since: Date }

/** The halts in force as a page says them to somebody who is not signed in; null while nothing is halted. */
export async function readHaltOutside(sql: Sql): Promise<HaltOutside | null> {
  const halts = await findInForce(sql)
  const whole = halts.find(({ scope }) => scope === 'organisation')
  const oldest = whole ?? halts[0]
  return oldest === undefined
    ? null
    : { everything: whole !== undefined, halts: halts.length, since: oldest.engaged_at }
}

/** One halt; null when there is none. `id` is the bare UUID. */
export async function readHalt(sql: Sql, id: string): Promise<HaltView | null> {
  const row = await findHalt(sql, id)
  return row === null ? null : viewOf(row)
}

/** Names of one kind that are chosen from a list; where there are more, nobody finds one by reading, and a page of them is slow. */
export const MOST_NAMES = 500
/** Names offered to somebody whose word is none. */
const OFFERED = 12

/** What halts can name of one kind: how many there are, and all of their names in order; null where there are too many for a list. */
export type Nameable = { count: number; names: readonly string[] | null }

/** What halts can name: those that could act, and what the catalogue knows. */
export async function haltable(sql: Sql): Promise<Record<NamedScope, Nameable>> {
  const found = { agent: NONE, team: NONE, server: NONE, tool: NONE }
  for (const { scope, count, names } of await findNamed(sql, MOST_NAMES))
    found[scope] = { count, names: count > MOST_NAMES ? null : names }
  return found
}

const NONE: Nameable = { count: 0, names: [] }

/** Names that halts know and that hold what somebody wrote, for when none is exactly that. */
export async function namesLike(sql: Sql, scope: NamedScope, text: string): Promise<string[]> {
  return findLike(sql, scope, text, OFFERED)
}

/** Everybody a drill can be of, by name. */
export async function drillable(sql: Sql): Promise<{ agent: string[]; team: string[] }> {
  const all = new Map((await findNamed(sql, MOST_DRILLABLE)).map(({ scope, names }) => [scope, names]))
  return { agent: all.get('agent') ?? [], team: all.get('team') ?? [] }
}

const MOST_DRILLABLE = 10_000

/**
 * What a halt would stop now, in counts: said before it is engaged. `standing` is the halt in force for exactly this, as a public id.
 * `grades`: how well it would hold the agents it stops, the strongest first. Null where it names nothing there is.
 */
export async function haltReach(
  connections: pg.Pool,
  scope: HaltScope,
  named: Named,
  now: Date,
): Promise<{
  agents: number
  runs: number
  held: number
  grants: number
  grades: GradeCount[]
  standing: string | null
} | null> {
  const found = await TARGETS[scope](connections, named).catch((error: unknown) => {
    if (isFault(error)) return null
    throw error
  })
  if (found === null) return null
  const [{ agents, runs, held, grants }, ranks, inForce] = await Promise.all([
    countReach(connections, scope, found.target),
    countReachRanks(connections, scope, found.target, rankingAt(now)),
    findInForce(connections),
  ])
  const standing = inForce.find((row) => row.scope === scope && row.target === found.target)
  return {
    ...{ agents: Number(agents), runs: Number(runs), held: Number(held), grants: Number(grants) },
    grades: gradesOf(ranks),
    standing: standing === undefined ? null : publicId('halt', standing.id),
  }
}

/** The halts in force for an agent as it hears of them: the first event of its stream, and whether it may act at all. */
export async function haltsFor(sql: Sql, agentId: string): Promise<HaltEvent[]> {
  return covering(sql, agentId, await findInForce(sql))
}

async function covering(sql: Sql, agentId: string, rows: readonly HaltRow[]): Promise<HaltEvent[]> {
  const agent = rows.length === 0 ? null : await findSubject(sql, { id: agentId })
  if (agent === null) return []
  return rows.filter((row) => concerns(row, agent)).map((row) => eventOf(row, agentId))
}

/**
 * Whether an agent has to hear of a halt: it covered the agent, or one of its runs, or a tool, which any of them may be using; lifted since
 * or not.
 */
export function concerns(row: HaltRow, agent: HaltedAgent): boolean {
  if (row.scope === 'tool' || row.scope === 'server') return true
  const subject = { agentId: agent.id, teamId: agent.team_id, environment: agent.environment }
  return row.scope === 'run' ? row.agent_id === agent.id : haltCovers({ ...ruleOf(row), liftedAt: null }, subject)
}

/** The stop a halt asks of an agent now: which of its stops under that halt, asked when, by which epoch of the gate. */
export function requestOf(row: HaltRow, agentId: string | null): { stop: number; at: Date; epoch: bigint } {
  const again = row.again?.find(({ agent }) => agent === agentId)
  return again === undefined
    ? { stop: 0, at: row.engaged_at, epoch: BigInt(row.epoch) }
    : { stop: again.stop, at: new Date(again.at), epoch: BigInt(again.epoch) }
}

/** A halt as an agent hears of it; without an agent, as all of them do while none was let go. */
export function eventOf(row: HaltRow, agentId: string | null): HaltEvent {
  return {
    id: publicId('halt', row.id),
    scope: row.scope as HaltScope, // the table's check holds it to known scopes
    run: row.scope === 'run' ? publicId('run', row.target) : null,
    target: row.name,
    until: row.until?.toISOString() ?? null,
    engaged_at: row.engaged_at.toISOString(),
    requested_at: requestOf(row, agentId).at.toISOString(),
    lifted_at: row.lifted_at?.toISOString() ?? null,
  }
}

/** A row as screens show it: for the reads of this room. */
export function viewOf(row: HaltRow): HaltView {
  return {
    id: publicId('halt', row.id),
    haltId: row.id,
    scope: row.scope,
    name: row.name,
    until: row.until,
    agent: row.slug,
    run: row.scope === 'run' ? publicId('run', row.target) : null,
    reason: row.reason,
    engagedBy: row.engaged_by === null || row.engager === null ? null : { id: row.engaged_by, name: row.engager },
    source: row.source,
    engagedAt: row.engaged_at,
    liftedAt: row.lifted_at,
    liftReason: row.lift_reason,
    fromDatabase: row.from_database,
  }
}

const ruleOf = (row: HaltRow): Halt => ({
  id: row.id,
  scope: row.scope,
  target: row.target,
  liftedAt: row.lifted_at,
  released: row.released,
})
