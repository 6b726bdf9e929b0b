import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { queryOne } from '@/lib/ledger/sql'
import type { UpstreamFailure } from './failure'

/**
 * Notes that a request of an agent to an upstream was refused before anything was decided: it was malformed, or asked for what is not let
 * through. Every one is counted, and the first of an hour of each kind is an entry: who sends them without end fills no ledger. In the
 * caller's transaction.
 * @param label a word of ours: what was wrong
 */
export async function noteRefused(
  db: Db,
  agentId: string,
  upstream: { id: string; ownerId: string },
  label: string,
): Promise<void> {
  if (!(await firstOfHour(db, agentId, label))) return
  const about = { upstream: upstream.id }
  await append(db, {
    kind: 'upstream.refused',
    actor: 'agent',
    agent: agentId,
    owner: upstream.ownerId,
    about,
    labels: [label],
  })
}

/** Counts something an agent's requests bring about; true for the first of its kind in an hour. */
async function firstOfHour(db: Db, agentId: string, label: string): Promise<boolean> {
  const row = await queryOne<{ first: boolean }>(
    db,
    `INSERT INTO upstream_refusal AS k (agent_id, label, starts_at, used) VALUES ($1::uuid, $2, date_trunc('hour', clock_timestamp()), 1)
     ON CONFLICT (agent_id, label) DO UPDATE SET starts_at = EXCLUDED.starts_at,
       used = CASE WHEN k.starts_at = EXCLUDED.starts_at THEN least(k.used, 2000000000) + 1 ELSE 1 END
     RETURNING k.used = 1 AS first`,
    [agentId, label],
  )
  return row?.first === true
}

/** What came of a call that was let through, beside its outcome: how the upstream failed, or what was found in its result. */
export type Found = { failure: UpstreamFailure | null; signals: readonly string[]; masked: readonly string[] }

/**
 * Tells apart, in the caller's transaction, how an upstream failed a call (`upstream.failed`), and what was found in what it returned
 * (`result.flagged`): signals of planted instructions, secrets that were masked. Nothing where there is nothing to tell.
 */
export async function noteFound(
  db: Db,
  action: { id: string; agentId: string; runId: string },
  upstream: { id: string; ownerId: string },
  { failure, signals, masked }: Found,
): Promise<void> {
  const base = {
    actor: 'system',
    agent: action.agentId,
    owner: upstream.ownerId,
    run: action.runId,
    action: action.id,
    about: { upstream: upstream.id },
  } as const
  if (failure !== null) await append(db, { kind: 'upstream.failed', ...base, labels: [failure] })
  const labels = [...signals, ...masked.map((kind) => `masked_${kind}`)]
  if (labels.length > 0) await append(db, { kind: 'result.flagged', ...base, labels: [...new Set(labels)] })
}

/**
 * As `noteFound`, for what was not decided on: a list, or a stream the agent listens on. The first of its kind in an hour is an entry, for each
 * agent: who asks without end fills no ledger. In the caller's transaction.
 */
export async function noteAside(
  db: Db,
  agentId: string,
  upstream: { id: string; ownerId: string },
  { failure, signals, masked }: Found,
): Promise<void> {
  const base = { actor: 'system', agent: agentId, owner: upstream.ownerId, about: { upstream: upstream.id } } as const
  if (failure !== null && (await firstOfHour(db, agentId, failure)))
    await append(db, { kind: 'upstream.failed', ...base, labels: [failure] })
  const labels: string[] = []
  for (const label of [...signals, ...masked.map((kind) => `masked_${kind}`)])
    if (await firstOfHour(db, agentId, label)) labels.push(label)
  if (labels.length > 0) await append(db, { kind: 'result.flagged', ...base, labels })
}
