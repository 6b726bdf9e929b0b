import { publicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import type { Confirmation } from './halt'
import {
  mustStop,
  stopOfAgent,
  stopOfRun,
  STOP_ORDER,
  type StoppingRun,
  type UnlistedRuns,
  type WordRefusal,
} from './stops'
import { findRefusedWords, findStopping, type StoppingRow } from './store-stops'
import type { UnderRow } from './store-under'

/** Runs that are listed, those that have not answered first: of one agent, and in all. What is beyond is counted. */
const MOST_OF_AGENT = 20
const MOST_RUNS = 1_000

/** Where one run stands under a halt. */
export type RunUnderHalt = StoppingRun & {
  /** `run_…` */
  run: string
  /** where it runs, in the agent's words: data, never markup */
  host: string | null
  state: Confirmation
}

/** What a halt has to stop. */
export type Stopping = { id: string; scope: string; target: string }

/** The runs of one agent under one halt: a list with the silent ones first, and what of them is in no list. */
export type RunsUnderHalt = { runs: readonly RunUnderHalt[]; unlisted: UnlistedRuns | null }

/** The runs that a halt has to stop of these agents, by agent. `counted`: all there are of each. */
export async function readStopping(
  sql: Sql,
  halt: Stopping,
  counted: readonly UnderRow[],
  now: Date,
): Promise<(agentId: string) => RunsUnderHalt> {
  const running = counted.filter(({ runs }) => runs > 0)
  const all = new Map(running.map((row) => [row.agent_id, row]))
  const most = { each: MOST_OF_AGENT, most: MOST_RUNS }
  const rows = running.length === 0 ? [] : await findStopping(sql, halt.id, [...all.keys()], most)
  const found = new Map<string, RunUnderHalt[]>()
  for (const row of rows) {
    const run = runOf(row)
    const requestedAt = row.requested_at.getTime()
    if (!mustStop({ scope: halt.scope, target: halt.target, requestedAt }, { ...run, id: row.id })) continue
    const { state } = stopOfRun(run, requestedAt, now.getTime())
    const list = found.get(row.agent_id) ?? []
    found.set(row.agent_id, list)
    list.push({ ...run, run: publicId('run', row.id), host: row.host, state })
  }
  for (const list of found.values()) list.sort((a, b) => STOP_ORDER[a.state] - STOP_ORDER[b.state])
  return (agentId) => {
    const runs = found.get(agentId) ?? []
    return { runs, unlisted: unlistedOf(all.get(agentId), runs) }
  }
}

function unlistedOf(all: UnderRow | undefined, listed: readonly RunUnderHalt[]): UnlistedRuns | null {
  const more = (all?.runs ?? 0) - listed.length
  if (all === undefined || more <= 0) return null
  const silentListed = listed.filter(({ state }) => state !== 'confirmed').length
  // counted a moment before they were listed: what answered in between still counts as silent until the page is read again
  const silent = Math.min(more, Math.max(all.silent - silentListed, 0))
  return {
    silent,
    answered: more - silent,
    silentSince: all.silent_since?.getTime() ?? null,
    wordAt: all.run_word_at?.getTime() ?? null,
  }
}

/** Where an agent stands under a halt, with its runs. */
export function standingOfAgent(
  acknowledgedAt: Date | null,
  runs: RunsUnderHalt,
  requestedAt: Date,
  now: Date,
): { state: Confirmation; confirmedAt: Date | null } {
  const agent = { acknowledgedAt: acknowledgedAt?.getTime() ?? null, ...runs }
  const { state, at } = stopOfAgent(agent, requestedAt.getTime(), now.getTime())
  return { state, confirmedAt: at === null ? null : new Date(at) }
}

/** Confirmations of a halt that were refused: by whom, why, how often. */
export async function refusedWords(
  sql: Sql,
  haltId: string,
): Promise<{ agent: string; reason: WordRefusal; count: number; firstAt: Date }[]> {
  const rows = await findRefusedWords(sql, haltId)
  return rows.map(({ agent, reason, count, first_at: firstAt }) => ({ agent, reason, count, firstAt }))
}

function runOf(row: StoppingRow): StoppingRun {
  return {
    openedAt: row.opened_at.getTime(),
    stoppedAt: row.stopped_at?.getTime() ?? null,
    closedAt: row.closed_at?.getTime() ?? null,
    leaseUntil: row.lease_until.getTime(),
    renews: row.renews,
  }
}
