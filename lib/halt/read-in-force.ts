import { mineOf, newestApprovalAbout, readApproval, type ApprovalView } from '@/lib/approvals/read'
import type { Answerer } from '@/lib/approvals/seat'
import type { Db } from '@/lib/db/client'
import { agreedOn } from './agreed-lift'
import { CONFIRM_WITHIN_MS, type Confirmation } from './halt'
import { viewOf, type HaltView } from './read'
import { type LiftProgress, readLiftProgress } from './read-stages'
import { readStopping, standingOfAgent, type RunUnderHalt } from './read-stops'
import { type AgentsBeyond, STOP_ORDER, type UnlistedRuns } from './stops'
import { findHalt, findInForce } from './store'
import { countStanding, findUnder } from './store-under'

/** Agents of a halt that are read at once: a screen, and few enough that a halt of thousands is read as fast as one of ten. */
export const AGENTS_PAGE = 300
/** Agents without an answer that are named where halts are listed. */
const NAMED = 4

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

/** One in force among others: how many agents it covers, where they stand, and the request to lift it, if somebody asked. */
export type HaltStanding = HaltView & {
  agents: number
  counts: Record<Confirmation, number>
  /** some of those that have not answered in time, by name */
  silent: readonly string[]
  lift: ApprovalView | null
}

/** One in force, with a page of the agents it covers (unconfirmed first) and the request to lift it, if somebody asked. */
export type HaltInForce = HaltView & {
  agents: AgentUnderHalt[]
  /** how many come before these */
  from: number
  /** those on other pages */
  beyond: AgentsBeyond
  /** of all of them */
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
export async function readHaltsInForce(db: Db, viewer: Answerer, now: Date): Promise<HaltStanding[]> {
  const halts = await findInForce(db)
  if (halts.length === 0) return []
  const ids = halts.map(({ id }) => id)
  const counted = new Map(
    (await countStanding(db, ids, now, CONFIRM_WITHIN_MS, NAMED)).map((row) => [row.halt_id, row] as const),
  )
  return Promise.all(
    halts.map(async (row): Promise<HaltStanding> => {
      const { agents, confirmed, unconfirmed, names } = counted.get(row.id) ?? NOBODY
      const counts = { confirmed, unconfirmed, requested: agents - confirmed - unconfirmed }
      return { ...viewOf(row), agents, counts, silent: names ?? [], lift: await liftToAnswer(db, row.id, viewer, now) }
    }),
  )
}

const NOBODY = { agents: 0, confirmed: 0, unconfirmed: 0, names: null }

/** One halt in force for one viewer, with the agents from a place on; null when it is not in force. `haltId` is the bare UUID. */
export async function readHaltInForce(
  db: Db,
  haltId: string,
  viewer: Answerer,
  now: Date,
  from = 0,
): Promise<HaltInForce | null> {
  const row = await findHalt(db, haltId)
  if (row === null || row.lifted_at !== null) return null
  const [{ counts: all, page }, lift] = await Promise.all([
    findUnder(db, haltId, now, CONFIRM_WITHIN_MS, { from, most: AGENTS_PAGE }),
    liftToAnswer(db, haltId, viewer, now),
  ])
  const [stopping, progress] = await Promise.all([
    readStopping(db, row, page, now),
    readLiftProgress(db, row, lift, now),
  ])
  const agents = page.map((agent): AgentUnderHalt => {
    const { agent_id: agentId, slug, requested_at: requestedAt, acknowledged_at: acknowledgedAt } = agent
    const runs = stopping(agentId)
    const standing = standingOfAgent(acknowledgedAt, runs, requestedAt, now)
    const owner = { id: agent.owner_id, name: agent.owner }
    return { agentId, slug, owner, ...standing, requestedAt, acknowledgedAt, ...runs }
  })
  const { confirmed, unconfirmed } = all
  return {
    ...viewOf(row),
    agents: agents.sort((a, b) => STOP_ORDER[a.state] - STOP_ORDER[b.state]),
    from,
    beyond: {
      confirmed: all.beyond_confirmed,
      unconfirmed: all.beyond_unconfirmed,
      waiting: Object.entries(all.waiting ?? {}).map(([second, agents]) => ({ since: Number(second) * 1_000, agents })),
    },
    counts: { confirmed, unconfirmed, requested: all.agents - confirmed - unconfirmed },
    lift,
    progress,
  }
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
