import type pg from 'pg'
import { missingMigrations } from '@/lib/db/migrate'

/** One thing that must hold before a load balancer may send traffic here. `ok: false` says why in a word or a number. */
export type Check = { name: string; ok: boolean; detail?: string }
/** A check that a room adds: it gets the reserved connections, and throws or answers. */
export type ReadinessCheck = (pool: pg.Pool, now: Date) => Promise<Check>

const MAX_SKEW_MS = 2_000

/** How far this process's clock is from the database's, in milliseconds; half of the round trip is not held against it. */
export async function clockSkew(pool: pg.Pool, clock: () => number): Promise<number> {
  const before = clock()
  const { rows } = await pool.query<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
  )
  const middle = (before + clock()) / 2
  return Math.abs((rows[0]?.ms ?? Number.POSITIVE_INFINITY) - middle)
}

/** Decisions are refused on a replica whose clock is 2 s off (DESIGN §3). */
export const checkClock: ReadinessCheck = async (pool) => {
  const skew = await clockSkew(pool, Date.now)
  return { name: 'clock', ok: skew < MAX_SKEW_MS, detail: `${String(Math.round(skew))} ms` }
}

export const checkMigrations =
  (folder: string): ReadinessCheck =>
  async (pool) => {
    const missing = await missingMigrations(pool, folder)
    return {
      name: 'migrations',
      ok: missing.length === 0,
      ...(missing.length > 0 && { detail: `${String(missing.length)} missing` }),
    }
  }

/** Runs every check; one that throws has failed, and says no more than that to the outside. */
export async function runChecks(
  checks: Readonly<Record<string, ReadinessCheck>>,
  pool: pg.Pool,
  now: Date,
): Promise<Check[]> {
  return Promise.all(
    Object.entries(checks).map(([name, check]) =>
      check(pool, now).catch((): Check => ({ name, ok: false, detail: 'failed' })),
    ),
  )
}

const MAX_LAG_SECONDS = 10

/** The sequencer is watched from outside of the ledger: an entry that waits long for its index means nobody integrates (DESIGN §5). */
export const checkSequencer: ReadinessCheck = async (pool) => {
  const { rows } = await pool.query<{ lag: number }>(
    'SELECT coalesce(extract(epoch FROM clock_timestamp() - min(queued_at)), 0)::float8 AS lag FROM ledger.pending',
  )
  const lag = rows[0]?.lag ?? 0
  return { name: 'sequencer', ok: lag < MAX_LAG_SECONDS, detail: `${lag.toFixed(1)} s behind` }
}

/** Two months of ledger tables must be there beyond this one; the job makes thirteen. */
export const checkPartitions: ReadinessCheck = async (pool) => {
  const { rows } = await pool.query<{ ahead: boolean }>(
    `SELECT bool_and(to_regclass('ledger.' || parent || to_char((now() AT TIME ZONE 'UTC') + interval '2 months', '_YYYY_MM')) IS NOT NULL) AS ahead
       FROM unnest(ARRAY['entry', 'payload', 'projection']) AS parent`,
  )
  return { name: 'partitions', ok: rows[0]?.ahead === true }
}
