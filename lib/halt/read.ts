import { mineOf, newestApprovalAbout, readApproval, type ApprovalView } from '@/lib/approvals/read'
import type { Answerer } from '@/lib/approvals/seat'
import { gradesOf, rankingAt, type GradeCount } from '@/lib/agents/read-grade'
import type pg from 'pg'
import { isFault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Sql } from '@/lib/ledger/sql'
import { agreedOn } from './agreed-lift'
import type { HaltEvent } from './contract'
import { haltCovers, type Confirmation, type Halt, type HaltScope } from './halt'
import { readStopping, standingOfAgent, type RunUnderHalt } from './read-stops'
import { STOP_ORDER, type UnlistedRuns } from './stops'
import {
  countReach,
  findAcknowledgements,
  findActive,
  findHalt,
  findInForce,
  findNamed,
  findSubject,
  type HaltedAgent,
  type HaltRow,
} from './store'
import { type LiftProgress, readLiftProgress } from './read-stages'
import { countReachRanks } from './store-reach'
import { type Named, TARGETS } from './targets'

/** Where one agent stands under a halt. */
export type AgentUnderHalt = {
  agentId: string
  slug: string
  /** who answers for it */
  owner: { id: string; name: string }
  state: Confirmation
  /** when it was asked to stop: as the halt was engaged, or later, where its lift had let it go and it was halted again */
  requestedAt: Date
  /** when it first said of this that it stopped */
  acknowledgedAt: Date | null
  /** when it had said so, and so had all of its runs */
  confirmedAt: Date | null
  /** the runs it has to stop, those that have not answered first */
  runs: readonly RunUnderHalt[]
  /** runs beside them that are counted and not listed */
  unlisted: UnlistedRuns | null
}

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

/** One in force, with every agent it covers (unconfirmed first) and the request to lift it, if somebody asked. */
export type HaltInForce = HaltView & {
  agents: AgentUnderHalt[]
  counts: Record<Confirmation, number>
  /**
   * What an answer is about, with its digest. Pending: it waits for a second person; its verdicts say who asked and why. Approved: two people agreed,
   * and it was cut off before it was done; whoever may lift completes it, or says no.
   */
  lift: ApprovalView | null
  /** the stages of its lift so far, and what may follow */
  progress: LiftProgress
}

/** Every halt in force, oldest first, for one viewer. */
export async function readHaltsInForce(db: Db, viewer: Answerer, now: Date): Promise<HaltInForce[]> {
  const halts = await findInForce(db)
  if (halts.length === 0) return []
  const [agents, said, stopping] = await Promise.all([
    findActive(db),
    findAcknowledgements(
      db,
      halts.map(({ id }) => id),
    ),
    readStopping(db, halts, now),
  ])
  const words = new Map(said.map(({ halt_id: halt, agent_id: agent, at }) => [`${halt} ${agent}`, at]))
  return Promise.all(
    halts.map(async (row): Promise<HaltInForce> => {
      const under = agents
        .filter((agent) => concerns(row, agent))
        .map(({ id, slug, owner_id: ownerId, owner }): AgentUnderHalt => {
          const acknowledgedAt = words.get(`${row.id} ${id}`) ?? null
          const runs = stopping(row.id, id)
          const requestedAt = requestOf(row, id).at
          const standing = standingOfAgent(acknowledgedAt, runs, requestedAt, now)
          return {
            agentId: id,
            slug,
            owner: { id: ownerId, name: owner },
            ...standing,
            requestedAt,
            acknowledgedAt,
            ...runs,
          }
        })
        .sort((a, b) => STOP_ORDER[a.state] - STOP_ORDER[b.state])
      const counts = { requested: 0, confirmed: 0, unconfirmed: 0 }
      for (const { state } of under) counts[state] += 1
      const lift = await liftToAnswer(db, row.id, viewer, now)
      const progress = await readLiftProgress(db, row, lift, now)
      return { ...viewOf(row), agents: under, counts, lift, progress }
    }),
  )
}

async function liftToAnswer(db: Db, haltId: string, viewer: Answerer, now: Date): Promise<ApprovalView | null> {
  const newest = await newestApprovalAbout(db, 'halt_lift', haltId)
  if (newest === null) return null
  const view = await readApproval(db, newest.id, viewer, now)
  if (view === null || view.status === 'pending') return view
  // completing takes no seat: both are taken
  const cutOff = (await agreedOn(db, haltId, newest, now)) === 'cut_off'
  return cutOff ? { ...view, mine: mineOf(newest, [], viewer, now) } : null
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

/** What halts can name, by name: those that could act, and what the catalogue knows. */
export async function haltable(
  sql: Sql,
): Promise<{ agent: string[]; team: string[]; server: string[]; tool: string[] }> {
  const [agents, { teams, servers, tools }] = await Promise.all([findActive(sql), findNamed(sql)])
  return { agent: agents.map(({ slug }) => slug), team: teams, server: servers, tool: tools }
}

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
