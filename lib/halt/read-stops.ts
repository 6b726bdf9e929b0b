import { publicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import type { Confirmation } from './halt'
import { mustStop, stopOfAgent, stopOfRun, STOP_ORDER, type StoppingRun, type WordRefusal } from './stops'
import { findRefusedWords, findStopping, type StoppingRow } from './store-stops'

/** Runs looked at under the halts in force: those that have not answered first. */
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

/** The runs that halts have to stop, by halt and agent, each list with the silent ones first. */
export async function readStopping(
  sql: Sql,
  halts: readonly Stopping[],
  now: Date,
): Promise<(haltId: string, agentId: string) => readonly RunUnderHalt[]> {
  const rows = await findStopping(
    sql,
    halts.map(({ id }) => id),
    MOST_RUNS,
  )
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
  return (haltId, agentId) => found.get(`${haltId} ${agentId}`) ?? []
}

/** Where an agent stands under a halt, with its runs. */
export function standingOfAgent(
  acknowledgedAt: Date | null,
  runs: readonly RunUnderHalt[],
  requestedAt: Date,
  now: Date,
): { state: Confirmation; confirmedAt: Date | null } {
  const agent = { acknowledgedAt: acknowledgedAt?.getTime() ?? null, runs }
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
