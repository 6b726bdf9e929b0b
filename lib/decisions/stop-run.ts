import type pg from 'pg'
import { isFault, type FaultCode } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { engage } from '@/lib/halt/engage'
import type { Actor } from '@/lib/people/actor'
import { answerAction } from './answer'
import { listOpen } from './store-run'

/** Who stops which run, and why. `run` is `run_…`; `runId` the same as a bare UUID. */
export type Stop = { run: string; runId: string; actor: Actor; reason: string; now: () => Date }

/** What became of one request of the run: rejected, or why not. */
export type StoppedItem = { approval: string; rejected: boolean; code: FaultCode | null; why: string | null }
export type Stopped = { halt: string; already: boolean; items: StoppedItem[] }

const BATCH = 100

/**
 * Halts a run and rejects all it asks, in one act (C13). The halt comes first, under lock K: once it is engaged nothing of the run is
 * allowed, whatever becomes of the rest. Then each request is rejected in a transaction of its own, with its verdict and its entry; one
 * this person may not answer stays, frozen by the halt, and is answered with why. Doing it again goes on where it was broken off.
 * @throws Fault `not_found` naming `run`, `unavailable` when the gate could not be had
 */
export async function stopRun(
  { run, runId, actor, reason, now }: Stop,
  connections: pg.Pool = pool('reserved'),
): Promise<Stopped> {
  const { id, already } = await engage({ scope: 'run', run, reason, by: actor.id, now: now() }, connections)
  const items: StoppedItem[] = []
  for (let after: string | null = null; ;) {
    const rows = await listOpen(pool('app'), runId, after, BATCH, true)
    for (const { approval_id: approvalId, digest } of rows) {
      if (approvalId !== null && digest !== null)
        items.push(await reject({ approvalId, digest: Buffer.from(digest), actor, reason, now: now() }))
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < BATCH) return { halt: publicId('halt', id), already, items }
    after = last.id
  }
}

async function reject(verdict: {
  approvalId: string
  digest: Buffer
  actor: Actor
  reason: string
  now: Date
}): Promise<StoppedItem> {
  const approval = publicId('approval', verdict.approvalId)
  try {
    await transaction((db) => answerAction(db, { ...verdict, answer: 'reject', stopping: true }))
    return { approval, rejected: true, code: null, why: null }
  } catch (error) {
    // what this person may not answer is no reason to leave the others waiting: the halt holds them all
    if (!isFault(error)) throw error
    return { approval, rejected: false, code: error.code, why: error.message }
  }
}
