import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, inject } from 'vitest'
import { clientOn, type Db } from '@/lib/db/client'
import type { PrismaClient } from '@/lib/db/generated/client'
import { LOGINS, urlFor, type Login } from '@/lib/db/logins'
import { closePools, openPools } from '@/lib/db/pool'

/** What the global setup (`.ci/vitest.database.ts`) hands to every test file. */
export type TestCluster = {
  superuserUrl: string
  template: string
  roles: Record<Login, string>
  passwords: Record<Login, string>
}

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: TestCluster
  }
}

export type TestDatabase = {
  name: string
  urls: Readonly<Record<Login | 'superuser', string>>
  /** node-postgres pools, for written-out SQL and for races between connections. */
  pools: Readonly<Record<Login | 'superuser', pg.Pool>>
  /** The app's Prisma client: what the server would use. */
  db: PrismaClient
  /** Prisma through another login. */
  as: (login: Login) => Db
}

/**
 * A fresh database for the test file that calls it (at its top level, with await), cloned from the migrated template and
 * dropped after the last test. Also opens the process's own pools on it, so that `db()` and `pool()` serve the code under test.
 *
 * Roles belong to the cluster, so clones share the template's: what the migrations granted is kept in the clone.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const cluster = inject('cluster')
  const name = `t_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Pool({ connectionString: cluster.superuserUrl, max: 1 })
  await admin.query(
    `CREATE DATABASE ${name} TEMPLATE ${pg.escapeIdentifier(cluster.template)} OWNER ${pg.escapeIdentifier(cluster.roles.owner)}`,
  )

  const here = new URL(cluster.superuserUrl)
  here.pathname = `/${name}`
  const url = (login: Login) => urlFor(here.href, cluster.roles[login], cluster.passwords[login])
  const urls = {
    superuser: here.href,
    owner: url('owner'),
    app: url('app'),
    sequencer: url('sequencer'),
    jobs: url('jobs'),
  }
  const open = (connectionString: string) => new pg.Pool({ connectionString, max: 8 })
  const pools = {
    superuser: open(urls.superuser),
    owner: open(urls.owner),
    app: open(urls.app),
    sequencer: open(urls.sequencer),
    jobs: open(urls.jobs),
  }
  // Tests end connections on purpose; a pool without a listener would end the worker.
  for (const each of Object.values(pools)) each.on('error', () => undefined)
  openPools(urls, () => undefined, 30_000)

  const clients = new Map<Login, PrismaClient>(LOGINS.map((login) => [login, clientOn(pools[login])]))
  const as = (login: Login): PrismaClient => clients.get(login) ?? clientOn(pools[login])
  afterAll(async () => {
    for (const client of clients.values()) await client.$disconnect()
    await closePools()
    await Promise.all(Object.values(pools).map((each) => each.end()))
    await untilLeft(admin, name)
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await admin.end()
  })
  return { name, urls, pools, db: as('app'), as }
}

/**
 * Waits, at most half a minute, until nobody is connected. A connection that was ended takes a moment to close; FORCE would shoot
 * it, and the error of a connection that nobody listens to any more ends the worker.
 */
async function untilLeft(admin: pg.Pool, database: string): Promise<void> {
  const giveUp = Date.now() + 30_000
  for (;;) {
    const left = await admin.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1', [database])
    if (left.rowCount === 0 || Date.now() > giveUp) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
