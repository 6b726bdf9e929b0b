import { afterEach, describe, expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { haltsInForce } from './in-force'
import { recordBrokenGlass } from './record-broken-glass'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const stop = (reason: string) =>
  pools.owner.query<{ said: string }>('SELECT halt_everything($1) AS said', [reason]).then(({ rows }) => rows[0]?.said)
const entries = async () => {
  const { rows } = await pools.superuser.query<{ labels: string[] }>(
    `SELECT convert_from(envelope, 'UTF8')::jsonb -> 'labels' AS labels FROM ledger.entry WHERE kind = 'halt.engaged'`,
  )
  return rows.map(({ labels }) => labels)
}
afterEach(async () => {
  await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
})

describe('a halt from the database', () => {
  it('stops everything at once, moves the epoch, kills what was given, and a second one finds the first', async () => {
    const before = await pools.superuser.query<{ epoch: string }>('SELECT epoch::text AS epoch FROM gate')
    expect(await stop('the web server is gone')).toContain('Everything is halted.')
    expect(await haltsInForce(db())).toMatchObject([{ scope: 'organisation' }])
    const after = await pools.superuser.query<{ epoch: string; revoked: string }>(
      'SELECT epoch::text AS epoch, revoked_epoch::text AS revoked FROM gate',
    )
    expect(BigInt(after.rows[0]!.epoch)).toBe(BigInt(before.rows[0]!.epoch) + 1n)
    expect(after.rows[0]!.revoked).toBe(after.rows[0]!.epoch)
    expect(await stop('again')).toContain('halted already')
    expect(await haltsInForce(db())).toHaveLength(1)
  })

  it('is recorded by the first server that comes back, once, as what it was', async () => {
    await recordBrokenGlass(new Date())
    const before = (await entries()).length
    await stop('the web server is gone')
    const both = await Promise.all([recordBrokenGlass(new Date()), recordBrokenGlass(new Date())])
    expect(both[0] + both[1]).toBe(1)
    const after = await entries()
    expect(after).toHaveLength(before + 1)
    expect(after.at(-1)).toEqual(['organisation', 'break_glass'])
  })

  it.each(['app', 'jobs', 'sequencer'] as const)('is nothing the login %s may do', async (login) => {
    await expect(pools[login].query('SELECT halt_everything()')).rejects.toMatchObject({ code: '42501' })
  })
})
