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
import { countStopping, findRefusedWords, findStopping, type StoppingRow } from './store-stops'

/** Runs listed under the halts in force, those that have not answered first; what is beyond is counted. */
const MOST_RUNS = 5_000

/** Where one run stands under a halt. */
export type RunUnderHalt = StoppingRun & {
  /** `run_…` */
  run: string
  /** where it runs, in the agent's words: data, never markup */
  host: string | null
  state: Confirmation
}

/** What a halt has to stop, and what answers of it there are. */
export type Stopping = { id: string; scope: string; target: string }

/** The runs of one agent under one halt: a list with the silent ones first, and what of them is in no list. */
export type RunsUnderHalt = { runs: readonly RunUnderHalt[]; unlisted: UnlistedRuns | null }

/** The runs that halts have to stop, by halt and agent. */
export async function readStopping(
  sql: Sql,
  halts: readonly Stopping[],
  now: Date,
): Promise<(haltId: string, agentId: string) => RunsUnderHalt> {
  const ids = halts.map(({ id }) => id)
  const rows = await findStopping(sql, ids, MOST_RUNS)
  const byId = new Map(halts.map((halt) => [halt.id, halt]))
  const found = new Map<string, RunUnderHalt[]>()
  for (const row of rows) {
    const halt = byId.get(row.halt_id)
    const run = runOf(row)
    if (halt === undefined) continue
    const requestedAt = row.requested_at.getTime()
    if (!mustStop({ scope: halt.scope, target: halt.target, requestedAt }, { ...run, id: row.id })) continue
    const { state } = stopOfRun(run, requestedAt, now.getTime())
    const key = `${halt.id} ${row.agent_id}`
    const list = found.get(key) ?? []
    found.set(key, list)
    list.push({ ...run, run: publicId('run', row.id), host: row.host, state })
  }
  for (const list of found.values()) list.sort((a, b) => STOP_ORDER[a.state] - STOP_ORDER[b.state])
  const unlisted = rows.length < MOST_RUNS ? null : await countUnlisted(sql, ids, found)
  return (haltId, agentId) => {
    const key = `${haltId} ${agentId}`
    return { runs: found.get(key) ?? [], unlisted: unlisted?.get(key) ?? null }
  }
}

async function countUnlisted(
  sql: Sql,
  haltIds: readonly string[],
  found: ReadonlyMap<string, readonly RunUnderHalt[]>,
): Promise<Map<string, UnlistedRuns>> {
  const unlisted = new Map<string, UnlistedRuns>()
  for (const all of await countStopping(sql, haltIds)) {
    const key = `${all.halt_id} ${all.agent_id}`
    const listed = found.get(key) ?? []
    const answered = listed.filter(({ state }) => state === 'confirmed').length
    const beyond = {
      // counted a moment after they were listed: what answered in between is listed as silent until the page is read again
      silent: Math.max(all.silent - (listed.length - answered), 0),
      answered: Math.max(all.runs - all.silent - answered, 0),
    }
    if (beyond.silent === 0 && beyond.answered === 0) continue
    const [silentSince, wordAt] = [all.silent_since?.getTime() ?? null, all.word_at?.getTime() ?? null]
    unlisted.set(key, { ...beyond, silentSince, wordAt })
  }
  return unlisted
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
