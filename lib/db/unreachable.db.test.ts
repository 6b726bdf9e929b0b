import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { clientOn, transaction } from './client'
import { startEmbedded } from './embedded'
import { databaseUnreachable } from './unreachable'

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-unreachable-'))
const embedded = await startEmbedded({ folder, password: 'kelp-lantern' })
const pool = new pg.Pool({ connectionString: embedded.url, connectionTimeoutMillis: 5_000 })
pool.on('error', () => undefined)
pool.on('connect', (client) => client.on('error', () => undefined))
const client = clientOn(pool)
afterAll(async () => {
  await pool.end()
  await embedded.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A question by each of the ways the product asks. */
const WAYS: Record<string, (sql: string) => Promise<unknown>> = {
  'node-postgres': (sql) => pool.query(sql),
  'a statement through Prisma': (sql) => client.$queryRawUnsafe(sql),
  'a transaction through Prisma': (sql) => transaction((tx) => tx.$queryRawUnsafe(sql), client),
}
const ask = (sql: string) => Promise.allSettled(Object.values(WAYS).map((way) => way(sql)))
const unreachable = (asked: PromiseSettledResult<unknown>[]) =>
  asked.map((each) => each.status === 'rejected' && databaseUnreachable(each.reason))
const NONE = Object.keys(WAYS).map(() => false)
const ALL = Object.keys(WAYS).map(() => true)

describe('that the database cannot be reached', () => {
  it('is told from a mistake in what was asked, by every way of asking, while it goes and when it is gone', async () => {
    expect(unreachable(await ask('SELECT 1'))).toEqual(NONE)
    expect(unreachable(await ask('SELECT nothing FROM nowhere'))).toEqual(NONE)
    expect(unreachable(await ask('SELECT 1 / 0'))).toEqual(NONE)
    const asked = ask('SELECT pg_sleep(30)')
    await new Promise((resolve) => setTimeout(resolve, 300))
    process.kill(Number(readFileSync(path.join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGINT')
    expect(unreachable(await asked)).toEqual(ALL)
    expect(unreachable(await ask('SELECT 1'))).toEqual(ALL)
    await embedded.stop()
    expect(unreachable(await ask('SELECT 1'))).toEqual(ALL)
  })

  it('is nothing else: refusals, defects and what is no error are not', () => {
    for (const other of [null, undefined, 'ECONNREFUSED', new Error('x'), { code: '23505' }, { code: 'not_found' }])
      expect(databaseUnreachable(other)).toBe(false)
  })
})
