import pg from 'pg'
import type { LoginUrls } from '@/lib/db/logins'

/**
 * The pools of this process. `reserved` is the app login on connections that nothing else may use: halts and readiness must
 * get through when every other connection is busy (DESIGN §4), and past a pooler, which would forget their locks. They are opened at
 * once and never let go, since a database at its limit gives no new ones; nothing on them waits for a lock for more than a second.
 */
export type PoolName = 'app' | 'reserved' | 'sequencer' | 'jobs'

type Pools = { pools: Record<PoolName, pg.Pool>; urls: Record<PoolName, string>; keeping: NodeJS.Timeout }

// Next bundles its own copy of this file; the symbol is what the two halves of the process share (DESIGN §3).
const SHARED = Symbol.for('countersign.pools')
const SIZES: Record<PoolName, number> = { app: 24, reserved: 3, sequencer: 3, jobs: 6 }

const LOCK_TIMEOUT_MS = 1_000
/** How often it is seen to that the reserved connections are there. */
const REOPEN_MS = 2_000

type Holder = { [SHARED]?: Pools | undefined }
const holder = globalThis as Holder

/** `direct` is the app's login without a transaction pooler in between, where that is another URL. */
export type PoolUrls = Omit<LoginUrls, 'owner'> & { direct?: string }

/**
 * Opens the pools of the process, once, before anything is served. `onError` hears of connections that broke.
 * @param patienceMs how long a query waits for a connection, in the queue or while it opens, before it fails
 */
export function openPools(urls: PoolUrls, onError: (pool: PoolName, error: Error) => void, patienceMs = 5_000): void {
  const open = (name: PoolName, url: string) => {
    const pool = new pg.Pool({
      connectionString: url,
      max: SIZES[name],
      connectionTimeoutMillis: patienceMs,
      ...(name === 'reserved' && { min: SIZES.reserved, idleTimeoutMillis: 0, lock_timeout: LOCK_TIMEOUT_MS }),
      application_name: `countersign ${name}`,
      keepAlive: true,
    })
    // Without a listener a database that restarts would end the process: an idle connection tells its pool, one in use itself.
    const hear = (error: Error) => {
      onError(name, error)
    }
    pool.on('error', hear)
    pool.on('connect', (client) => {
      client.on('error', hear)
    })
    return pool
  }
  const all = { app: urls.app, reserved: urls.direct ?? urls.app, sequencer: urls.sequencer, jobs: urls.jobs }
  const reserved = open('reserved', all.reserved)
  holder[SHARED] = {
    urls: all,
    keeping: keepOpen(reserved),
    pools: {
      app: open('app', all.app),
      reserved,
      sequencer: open('sequencer', all.sequencer),
      jobs: open('jobs', all.jobs),
    },
  }
}

/** Opens every connection of a pool now, and again where one was lost. What fails is tried again; the pool's own users hear of it. */
function keepOpen(of: pg.Pool): NodeJS.Timeout {
  let opening = false
  const fill = async () => {
    if (opening || of.ending || of.totalCount >= SIZES.reserved) return
    opening = true
    const had = await Promise.allSettled(Array.from({ length: SIZES.reserved }, () => of.connect()))
    for (const each of had) if (each.status === 'fulfilled') each.value.release()
    opening = false
  }
  void fill()
  return setInterval(() => void fill(), REOPEN_MS).unref()
}

/** One of the pools. Throws when none are open: a page or a verb ran outside the server. */
export function pool(name: PoolName = 'app'): pg.Pool {
  const shared = holder[SHARED]
  if (shared === undefined) throw new Error('The database pools are not open in this process.')
  return shared.pools[name]
}

/** The URL behind a pool, for what needs a connection of its own: LISTEN, the job queue. */
export function poolUrl(name: PoolName): string {
  const shared = holder[SHARED]
  if (shared === undefined) throw new Error('The database pools are not open in this process.')
  return shared.urls[name]
}

/** Ends every pool once its running queries are answered. */
export async function closePools(): Promise<void> {
  const shared = holder[SHARED]
  holder[SHARED] = undefined
  clearInterval(shared?.keeping)
  if (shared !== undefined) await Promise.all(Object.values(shared.pools).map((each) => each.end()))
}
