import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { LeaseInput } from './contract'
import { countTokens, newTokens } from './tokens'
import { RUN_GRACE_MS } from './run'
import { appendLapse } from './lapse'
import { leaseSeconds } from './leases'
import { type LeasedRun, refuseOneTooMany } from './open'
import { findRun, markTainted, prolongTaint, renewRun, type RunRow } from './store'

/**
 * Keeps an agent's run alive, or ends it with 0 seconds, in the caller's transaction. Renewing is no entry; ending is one, and so is
 * untrusted content that is reported with it, and coming back from a lapse that was one. A lease that lapsed can be renewed for as long as
 * `RUN_GRACE_MS`, where the agent's limits leave room for one more open run. An agent that somebody suspended renews nothing.
 * @throws Fault `wrong_state` for a run that is over, or is not this agent's, or whose agent is not active, `too_many_runs`
 */
export async function leaseRun(
  db: Db,
  agentId: string,
  runId: string,
  input: LeaseInput,
  now: Date,
): Promise<LeasedRun> {
  const { untrusted_sources: sources = [], tokens_used: tokens } = input
  const before = await findRun(db, runId)
  const seconds = leaseSeconds(before?.renews ?? false, input.seconds, before?.leaseMost ?? 0)
  if (before?.agentId === agentId && !before.active && seconds > 0)
    throw fault('wrong_state', { detail: 'This agent is not active: it keeps no run alive.' })
  const run = await renew(db, agentId, runId, seconds, now)
  if (run === null) throw fault('wrong_state', { detail: 'This agent has no such run, or it has ended. Open another.' })
  if (before && run.renews && !before.open) await noteReturn(db, before)
  if (tokens !== undefined) await countTokens(db, agentId, await newTokens(db, runId, tokens))
  const taints = sources.length > 0 && !run.tainted
  if (taints) await markTainted(db, runId)
  if (taints || run.tainted) await prolongTaint(db, runId)
  if (seconds === 0 || taints) {
    await append(db, {
      kind: seconds === 0 ? 'run.closed' : 'run.tainted',
      actor: 'agent',
      agent: agentId,
      owner: run.ownerId,
      run: runId,
      ...(taints && { labels: ['untrusted_content'], payload: { untrusted_sources: sources } }),
    })
  }
  return { ...run, seconds, tainted: run.tainted || taints }
}

/** What nobody noted of the lapse is noted first, so that the ledger never says that a run came back which never was away. */
async function noteReturn(db: Db, { id, agentId, ownerId, lapsedAt }: RunRow): Promise<void> {
  if (lapsedAt === null) await appendLapse(db, { id, agentId, ownerId })
  await append(db, { kind: 'run.resumed', actor: 'agent', agent: agentId, owner: ownerId, run: id })
}

async function renew(db: Db, agentId: string, runId: string, seconds: number, now: Date): Promise<RunRow | null> {
  const open = await renewRun(db, runId, agentId, seconds, 0)
  if (open !== null) return open
  // lapsed: it comes back as one more that is open, unless it comes back to end
  if (seconds > 0) await refuseOneTooMany(db, agentId, now)
  return renewRun(db, runId, agentId, seconds, RUN_GRACE_MS)
}
