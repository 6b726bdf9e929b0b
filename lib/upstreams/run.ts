import { isFault } from '@/lib/core/fault'
import { transaction } from '@/lib/db/client'
import type { Sql } from '@/lib/ledger/sql'
import { leaseRun } from '@/lib/runs/lease'
import { openRun } from '@/lib/runs/open'
import { runFacts } from '@/lib/runs/read'
import { keepRun, lastRun, lockRun } from './store'

/** How long a run of an agent's calls lives after the last of them, in seconds. */
const LEASE_SECONDS = 3_600
const RENEW_BEFORE_MS = 30 * 60_000

/**
 * The run that an agent's calls to an upstream belong to where its harness names none: kept alive while it calls, a new one after an hour of
 * silence. What it reads taints this run (C13).
 * @returns the bare UUID
 * @throws Fault `too_many_runs`
 */
export async function runFor(sql: Sql, agentId: string, upstreamId: string, now: Date): Promise<string> {
  const known = await lastRun(sql, agentId, upstreamId)
  const run = known === null ? null : await runFacts(sql, known)
  if (run?.open === true && (run.leaseUntil?.getTime() ?? 0) > now.getTime() + RENEW_BEFORE_MS) return run.id
  return transaction(async (tx) => {
    await lockRun(tx, agentId, upstreamId)
    const last = await lastRun(tx, agentId, upstreamId)
    const still = last === null ? null : await runFacts(tx, last)
    if (still?.open === true) {
      await leaseRun(tx, agentId, still.id, { seconds: LEASE_SECONDS }, now)
      return still.id
    }
    const { id } = await openRun(tx, agentId, { lease_seconds: LEASE_SECONDS }, now)
    await keepRun(tx, agentId, upstreamId, id)
    return id
  })
}

/**
 * Marks a run as having read what nobody vouches for, and with it its agent (C13). Where that run is over meanwhile, a new one is opened that
 * is tainted, so that the agent does not shed it.
 * @throws Fault `too_many_runs`
 */
export async function taintRun(agentId: string, runId: string, source: string, now: Date): Promise<void> {
  try {
    await transaction((tx) =>
      leaseRun(tx, agentId, runId, { seconds: LEASE_SECONDS, untrusted_sources: [source] }, now),
    )
  } catch (error) {
    if (!isFault(error) || error.code !== 'wrong_state') throw error
    await transaction((tx) => openRun(tx, agentId, { lease_seconds: LEASE_SECONDS, untrusted_sources: [source] }, now))
  }
}
