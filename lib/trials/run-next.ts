import type pg from 'pg'
import { digestText } from '@/lib/core/digest-text'
import { transaction } from '@/lib/db/client'
import type { JsonValue } from '@/lib/core/json'
import type { Boundary } from '@/lib/boundary/boundary'
import { append } from '@/lib/ledger/append'
import type { Changes, SimulationResult } from './changes'
import { simulatePast, type Withheld } from './simulate-past'
import { claimNext, type Claimed, fail, finish, forgetBefore, insertChanges, notePlace } from './store'

const TELL_EVERY_MS = 700
const LISTED_AT_ONCE = 1_000

/**
 * Works on the next simulation that waits, to its end; false when there is none. Cancelled ones leave nothing. One whose server ended
 * in the middle is begun again by another.
 * @param withheldFrom which entries a person gets only after saying why
 */
export async function runNextSimulation(
  pool: pg.Pool,
  withheldFrom: (personId: string) => Withheld,
  stopping: () => boolean = () => false,
): Promise<boolean> {
  const job = await claimNext(pool)
  if (job === null) return false
  if (!Buffer.from(job.digest).equals(Buffer.from(job.current))) {
    await fail(pool, job.id, new Date()) // it was rewritten since, and is another draft
    return true
  }
  try {
    let told = Date.now()
    const changes = await simulatePast(pool, {
      agent: { id: job.agent_id, environment: job.environment, team: job.team },
      draft: job.document,
      since: job.since,
      until: job.until,
      timeZone: job.time_zone,
      withheld: withheldFrom(job.person_id),
      onProgress: async (done, seen) => {
        if (stopping()) return false
        if (Date.now() - told < TELL_EVERY_MS) return true
        told = Date.now()
        return notePlace(pool, job.id, done, seen)
      },
    })
    if (changes !== null) await record(job, changes)
  } catch (error) {
    await fail(pool, job.id, new Date())
    throw error
  }
  return true
}

/** The result, its lists and its entry, or none of them. */
async function record(job: Claimed, changes: Changes): Promise<void> {
  const result = changes.result(unknownOf(job.document))
  await transaction(async (db) => {
    if (!(await finish(db, job.id, result, new Date()))) return
    const listed = [...changes.listed()].map(({ id, was, decision, reason, rule }) => ({
      ...{ id, was, would: decision, reason, rule },
    }))
    for (let at = 0; at < listed.length; at += LISTED_AT_ONCE)
      await insertChanges(db, job.id, JSON.stringify(listed.slice(at, at + LISTED_AT_ONCE)))
    await append(db, {
      kind: 'boundary.simulated',
      actor: `person:${job.person_id}`,
      agent: job.agent_id,
      owner: job.owner_id,
      boundary: { version: job.version, digest: digestText(Buffer.from(job.digest)) },
      about: { boundary: job.boundary_id },
      payload: {
        simulation: job.id,
        since: job.since.toISOString(),
        until: job.until.toISOString(),
        result: result as unknown as JsonValue,
      },
    })
  })
}

/** What of a draft the past does not tell: tokens are reported run by run, and runs at a time are no decision. */
function unknownOf({ limits }: Boundary): SimulationResult['unknown'] {
  return [
    ...(Object.keys(limits).some((name) => name.startsWith('tokens_')) ? (['tokens'] as const) : []),
    ...(limits.concurrent_runs !== undefined ? (['concurrent_runs'] as const) : []),
  ]
}

const KEPT_MS = 30 * 86_400_000

/** Forgets simulations after 30 days; their figures stand in the ledger. */
export async function forgetSimulations(pool: pg.Pool, now: Date): Promise<void> {
  await forgetBefore(pool, new Date(now.getTime() - KEPT_MS))
}
