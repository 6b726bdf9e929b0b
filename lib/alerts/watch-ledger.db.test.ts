import { describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { forgetSilentWatchers, readHolders, watcherCame } from '@/lib/ledger/holders'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testLedger } from '@/lib/ledger/testing'
import { acknowledge } from './acknowledge'
import { listAlerts, readAlert } from './read'
import { watchLedger } from './watch-ledger'

const database = await testDatabase()
const ledger = await testLedger(database)
const { db, pools } = database
const watch = (now = new Date()) => transaction((tx) => watchLedger(tx, now))
const open = async () => (await listAlerts(db, { show: 'open' })).rows
const later = (minutes: number) => new Date(Date.now() + minutes * 60_000)

describe('watching the ledger', () => {
  it('says that entries wait too long although nobody integrates, once, and again some time after somebody looked', async () => {
    await append(pools.app, { kind: 'action.expired', actor: 'system' })
    expect(await watch()).toBe(0)
    expect(await watch(later(1))).toBe(1)
    expect(await watch(later(2))).toBe(0)
    const [alert] = await open()
    expect(alert).toMatchObject({ kind: 'ledger_late', severity: 'critical', agent: null })
    const { rows } = await pools.app.query("SELECT FROM ledger.entry WHERE kind = 'alert.raised'")
    expect(rows).toHaveLength(1)

    const person = newId()
    await db.person.create({ data: { id: person, name: 'Dana', email: 'd@example.test', roles: ['auditor'] } })
    const reader = { id: person, roles: ['auditor'] as const, onCall: false, deactivated: false }
    const detail = await readAlert(db, reader, alert?.id ?? '')
    expect(detail.says).toContain('every receipt promises 10 s')
    expect(detail.occurrences).toEqual([])
    await transaction((tx) => acknowledge(tx, alert?.id ?? '', person, 'restarted', later(3)))
    expect(await watch(later(60))).toBe(0)
    expect(await watch(later(300))).toBe(1)
    await sequenceOnce(pools.sequencer, ledger, null)
  })

  it('says which watcher went silent, and forgets it in the end', async () => {
    await watcherCame(pools.app, 'audit-desk', 1)
    await pools.superuser.query(
      "UPDATE ledger.holder SET first_at = now() - interval '9 days', held_at = now() - interval '2 hours'",
    )
    await watch()
    const kinds = (await open()).map(({ kind }) => kind)
    expect(kinds).toContain('holder_silent')
    expect(kinds).toContain('checkpoints_stay')
    await forgetSilentWatchers(pools.jobs)
    expect(await readHolders(pools.app)).toHaveLength(1)
    await pools.superuser.query("UPDATE ledger.holder SET held_at = now() - interval '15 days'")
    await forgetSilentWatchers(pools.jobs)
    expect(await readHolders(pools.app)).toEqual([])
  })

  it('notes no more watchers than there may be, and goes on noting those it knows', async () => {
    for (let n = 0; n < 60; n += 1) await watcherCame(pools.app, `w${n}`, n)
    const names = (await readHolders(pools.app)).map(({ name }) => name)
    expect(names).toHaveLength(50)
    await pools.superuser.query("UPDATE ledger.holder SET held_at = now() - interval '1 hour'")
    await watcherCame(pools.app, 'w0', 99)
    expect((await readHolders(pools.app)).find(({ name }) => name === 'w0')?.size).toBe(99)
  })
})
