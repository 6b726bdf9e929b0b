import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { LeaseInput } from './contract'
import { countTokens, newTokens } from './tokens'
import { RUN_GRACE_MS } from './run'
import { refuseOneTooMany } from './open'
import { markTainted, prolongTaint, renewRun, type RunRow } from './store'

/**
 * Keeps an agent's run alive, or ends it with 0 seconds, in the caller's transaction. Renewing is no entry; ending is one, and so is
 * untrusted content that is reported with it. A lease that lapsed can be renewed for as long as `RUN_GRACE_MS`, where the agent's limits
 * leave room for one more open run.
 * @throws Fault `wrong_state` for a run that is over, or is not this agent's, `too_many_runs`
 */
export async function leaseRun(db: Db, agentId: string, runId: string, input: LeaseInput, now: Date): Promise<RunRow> {
  const { seconds, untrusted_sources: sources = [], tokens_used: tokens } = input
  const run = await renew(db, agentId, runId, seconds, now)
  if (run === null) throw fault('wrong_state', { detail: 'This agent has no such run, or it has ended. Open another.' })
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
  return { ...run, tainted: run.tainted || taints }
}

async function renew(db: Db, agentId: string, runId: string, seconds: number, now: Date): Promise<RunRow | null> {
  const open = await renewRun(db, runId, agentId, seconds, 0)
  if (open !== null) return open
  // lapsed: it comes back as one more that is open, unless it comes back to end
  if (seconds > 0) await refuseOneTooMany(db, agentId, now)
  return renewRun(db, runId, agentId, seconds, RUN_GRACE_MS)
}
