import { reasonsIn } from '@/lib/runs/reasons'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { ConclusionInput } from './contract'
import { findRun, markTainted, prolongTaint } from './store'
import { countTokens, newTokens } from './tokens'

/**
 * Records a verdict an agent reached without calling a tool ("benign, closed"; C25), in the caller's transaction. It is an entry
 * like any other, and can be searched and sampled. Answers its id and when it was recorded.
 * @throws Fault `not_found` (also for another agent's run), `wrong_state` for a run that has ended
 */
export async function conclude(
  db: Db,
  agentId: string,
  runId: string,
  input: ConclusionInput,
  now: Date,
): Promise<{ id: string; recordedAt: Date }> {
  const run = await findRun(db, runId)
  if (run === null || run.agentId !== agentId) throw fault('not_found', { detail: 'This agent has no such run.' })
  if (!run.open) throw fault('wrong_state', { detail: 'This run has ended. Open another.' })
  const { conclusion, resource, reasoning, evidence, tokens_used: tokens } = input
  if (tokens !== undefined) await countTokens(db, agentId, await newTokens(db, runId, tokens))
  if (evidence?.some(({ untrusted }) => untrusted === true) === true) {
    await markTainted(db, runId)
    await prolongTaint(db, runId)
  }
  const id = newId(now.getTime())
  await append(db, {
    id,
    kind: 'conclusion.recorded',
    actor: 'agent',
    agent: agentId,
    owner: run.ownerId,
    run: runId,
    about: { conclusion: id },
    payload: { conclusion, resource: resource ?? null, reasoning: reasoning ?? null, evidence: evidence ?? [] },
    projection: {
      resource_type: resource?.type ?? null,
      resource_id: resource?.id ?? null,
      sentence: conclusion,
      ...reasonsIn(reasoning),
    },
  })
  return { id, recordedAt: now }
}
