import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { JsonObject } from '@/lib/core/json'
import { findRun } from './store'

const MOST_KEPT = 32_000

/**
 * Records what a person told an agent to do in a run, in the caller's transaction. The words are payload: redacted, encrypted, kept as long as
 * the retention of conclusions and runs says, erasable.
 * @param keep whether the words are kept; otherwise only how many there were
 */
export async function recordInstruction(
  db: Db,
  agentId: string,
  runId: string,
  text: string,
  keep: boolean,
  more: JsonObject = {},
): Promise<void> {
  const owner = (await findRun(db, runId))?.ownerId
  const cut = text.length > MOST_KEPT
  await append(db, {
    kind: 'run.instructed',
    actor: 'agent',
    agent: agentId,
    owner,
    run: runId,
    ...(!keep && { labels: ['words_not_kept'] }),
    payload: {
      ...more,
      ...(keep ? { instruction: text.slice(0, MOST_KEPT), ...(cut && { cut: true }) } : {}),
      characters: text.length,
    },
    ...(keep && { projection: { sentence: text.slice(0, 500) } }),
  })
}

/**
 * Records something a session reported that is no action: a sub-agent began, an event this version does not know. In the caller's transaction.
 * @param labels words of ours; what the client says belongs in `what`
 */
export async function recordReport(
  db: Db,
  agentId: string,
  runId: string,
  what: { said: string } & JsonObject,
  labels: readonly string[] = [],
): Promise<void> {
  await append(db, {
    kind: 'run.reported',
    actor: 'agent',
    agent: agentId,
    owner: (await findRun(db, runId))?.ownerId,
    run: runId,
    ...(labels.length > 0 && { labels }),
    payload: what,
  })
}
