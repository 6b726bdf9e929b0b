import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { RunInput } from './contract'
import { leaseSeconds } from './leases'
import { insertRun, lockOpenRuns, prolongTaint, type RunRow } from './store'

/** A run with the length of the lease it was just given, in seconds. */
export type LeasedRun = RunRow & { seconds: number }

/**
 * Opens a run of an agent, in the caller's transaction, with its entry. The server mints its id (DESIGN §4, taint).
 * @throws Fault `too_many_runs` when it has as many open as its limits let it (`concurrent_runs`, C39)
 */
export async function openRun(db: Db, agentId: string, input: RunInput, now: Date): Promise<LeasedRun> {
  const { sandbox = null, untrusted_sources: sources = [], renews = false, host = null } = input
  const seconds = leaseSeconds(renews, input.lease_seconds, await refuseOneTooMany(db, agentId, now))
  const id = newId(now.getTime())
  const run = await insertRun(db, { id, agentId, sandbox, seconds, tainted: sources.length > 0, renews, host })
  if (run.tainted) await prolongTaint(db, run.id)
  await append(db, {
    kind: 'run.opened',
    actor: 'agent',
    agent: agentId,
    owner: run.ownerId,
    run: run.id,
    ...(run.tainted && { labels: ['untrusted_content'] }),
    ...((sources.length > 0 || sandbox !== null) && { payload: { untrusted_sources: sources, sandbox } }),
  })
  return { ...run, seconds }
}

/**
 * Nobody else opens a run for this agent until the transaction ends.
 * @returns the longest lease a client of it that renews may have, in seconds
 * @throws Fault `too_many_runs` when it has as many open as its limits let it
 */
export async function refuseOneTooMany(db: Db, agentId: string, now: Date): Promise<number> {
  const { most, open, leaseMost } = await lockOpenRuns(db, agentId, now)
  if (most !== null && open >= most)
    throw fault('too_many_runs', {
      detail: `This agent may have ${String(most)} ${most === 1 ? 'run' : 'runs'} open at a time. End one, or let its lease lapse.`,
      retryAfterSeconds: 5,
    })
  return leaseMost
}
