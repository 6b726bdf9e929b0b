import { fault } from '@/lib/core/fault'
import { idTime, parsePublicId, publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { openOfRun, rejectedInRun, type OpenOfRun, type RejectedAction } from '@/lib/decisions/read-run'
import { readSaid } from '@/lib/decisions/said'
import { haltsInForce } from '@/lib/halt/in-force'
import { haltCovers } from '@/lib/halt/halt'
import { readHalt, type HaltView } from '@/lib/halt/read'
import { listEntries, type LedgerEntry } from '@/lib/ledger/read'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { runFacts } from '@/lib/runs/read'
import { RUN_GRACE_MS, runOver, type RunOver } from '@/lib/runs/run'
import { openFor } from './open-for'
import { readOwnershipAt } from './read-ownership'
import type { AuditRow } from './row'
import { toRows } from './rows'
import { findOwnerOf, standingsOf } from './store'

/** Steps of a run on one page. */
export const RUN_STEPS = 50

/** One thing that happened in a run. What an agent said is data, never markup. */
export type RunStep = AuditRow & {
  /** after the run had read untrusted content, or by that */
  tainted: boolean
  /** the untrusted content this step brought in, as the agent named it */
  untrusted: readonly string[]
  /** the agent's own words, where there are some: what it concluded, or why it did it */
  said: string | null
  /** where the action stands now, for steps that decide one */
  status: string | null
}

/** How a run stands: `lapsed` until its agent comes back, or the grace is over. */
export type RunState = 'open' | 'lapsed' | 'ended'

export type RunView = {
  /** `run_…` */
  run: string
  agent: { id: string; slug: string }
  owner: { then: { id: string; name: string } | null; now: { id: string; name: string }; at: string }
  state: RunState
  over: RunOver | null
  openedAt: string
  endedAt: string | null
  leaseUntil: string | null
  /** until when a lapsed one waits for its agent */
  graceUntil: string | null
  taintedAt: string | null
  /** tokens of the model it says it used */
  tokens: number
  /** the halts in force that cover it */
  halts: readonly HaltView[]
  open: OpenOfRun
  steps: readonly RunStep[]
  /** entry ids (`ent_…`) for the pages beside this one; null at either end */
  earlier: string | null
  later: string | null
  /** what stopping it came to, where the address asks for that */
  stopped: { halt: HaltView; rejected: readonly RejectedAction[] } | null
}

/**
 * One run, oldest step first, for whoever may read it: the newest page of it, or the one beside a step (C13). A page never reads more than
 * `RUN_STEPS` entries, however long the run is.
 * @param page `before` or `after`: `ent_…`; `stopped`: the halt (`hlt_…`) whose result is shown
 * @throws Fault `invalid_id`, `not_found` (also where the person may not read it)
 */
export async function readRun(
  db: Db,
  actor: Actor,
  runPublicId: string,
  page: { before?: string; after?: string; stopped?: string },
  now: Date,
): Promise<RunView> {
  const runId = parsePublicId('run', runPublicId, 'run')
  const run = await runFacts(db, runId)
  if (run === null || !can(actor, 'audit.read', { ownerId: run.ownerId }).ok) throw fault('not_found')
  const [agent, open, listed, halts, stopped] = await Promise.all([
    findOwnerOf(db, run.agentId),
    openOfRun(db, actor, runId, now),
    listEntries(db, { runId }, { ...idsOf(page), limit: RUN_STEPS }),
    haltsOver(db, { runId, agentId: run.agentId }),
    stoppedBy(db, runId, page.stopped),
  ])
  if (agent === null) throw fault('not_found')
  const over = runOver(run, now)
  const at = run.openedAt.toISOString()
  const owned = await readOwnershipAt(db, run.agentId, { index: null, at })
  return {
    run: runPublicId,
    agent: { id: run.agentId, slug: agent.slug },
    owner: { then: owned.then?.owner ?? null, now: { id: agent.owner_id, name: agent.owner }, at },
    state: over !== null ? 'ended' : run.open ? 'open' : 'lapsed',
    over,
    openedAt: at,
    endedAt: run.closedAt?.toISOString() ?? null,
    leaseUntil: run.leaseUntil?.toISOString() ?? null,
    graceUntil: run.leaseUntil === null ? null : new Date(run.leaseUntil.getTime() + RUN_GRACE_MS).toISOString(),
    taintedAt: run.taintedAt?.toISOString() ?? null,
    tokens: run.tokens,
    halts,
    open,
    steps: await stepsOf(db, actor, listed.entries.toReversed(), run.taintedAt),
    earlier: listed.older === null ? null : publicId('entry', listed.older),
    later: listed.newer === null ? null : publicId('entry', listed.newer),
    stopped,
  }
}

async function stepsOf(
  db: Db,
  actor: Actor,
  entries: readonly LedgerEntry[],
  taintedAt: Date | null,
): Promise<RunStep[]> {
  const rows = await toRows(db, actor, entries)
  const speaking = entries.filter(({ entry }) => entry !== null && SPEAKING.has(entry.kind)).map(({ id }) => id)
  const decided = entries.filter(({ entry }) => entry?.kind === 'action.decided').map(({ id }) => id)
  const [opened, standings] = await Promise.all([openFor(db, actor, speaking), standingsOf(db, decided)])
  return entries.map(({ id }, at) => {
    const row = rows[at]
    if (row === undefined) throw new Error('a row for every entry')
    const found = opened.get(id)
    const payload = found?.state === 'open' ? found.payload : null
    const { untrustedSources, evidence, reasoning } = readSaid(payload)
    const untrusted = [
      ...untrustedSources,
      ...evidence.filter((one) => one.untrusted === true).map(({ title, uri }) => uri ?? title),
    ]
    return {
      ...row,
      untrusted,
      tainted: untrusted.length > 0 || (taintedAt !== null && idTime(id) >= taintedAt.getTime()),
      said: conclusionIn(payload) ?? reasoning?.summary ?? null,
      status: standings.get(id) ?? null,
    }
  })
}

/** Entries in which the agent itself says something. */
const SPEAKING: ReadonlySet<string> = new Set([
  'run.opened',
  'run.tainted',
  'run.instructed',
  'run.reported',
  'action.decided',
  'conclusion.recorded',
  'run.closed',
])

function conclusionIn(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null) return null
  const { conclusion, instruction, said } = payload as Record<string, unknown>
  return [conclusion, instruction, said].find((text) => typeof text === 'string') ?? null
}

async function haltsOver(db: Db, subject: { runId: string; agentId: string }): Promise<HaltView[]> {
  const agent = await findOwnerOf(db, subject.agentId)
  if (agent === null) return []
  const covering = (await haltsInForce(db)).filter((halt) =>
    haltCovers(halt, { ...subject, teamId: agent.team_id, environment: agent.environment }),
  )
  const views = await Promise.all(covering.map(({ id }) => readHalt(db, id)))
  return views.filter((view) => view !== null)
}

async function stoppedBy(db: Db, runId: string, halt: string | undefined): Promise<RunView['stopped']> {
  if (halt === undefined) return null
  const view = await readHalt(db, parsePublicId('halt', halt, 'stopped'))
  if (view?.engagedBy === undefined || view.engagedBy === null || view.run !== publicId('run', runId)) return null
  return { halt: view, rejected: await rejectedInRun(db, runId, view.engagedBy.id, view.engagedAt) }
}

function idsOf({ before, after }: { before?: string; after?: string }): { before?: string; after?: string } {
  if (before !== undefined) return { before: parsePublicId('entry', before, 'before') }
  return after === undefined ? {} : { after: parsePublicId('entry', after, 'after') }
}
