import { describe, expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { lift } from '@/lib/halt/lift'
import { readHalt } from '@/lib/halt/read'
import { parseEntry } from '@/lib/ledger/entry'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { acknowledge } from './acknowledge'
import { listAlerts } from './read'
import { remind } from './remind'
import { watchHalts } from './watch-halts'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const [dana, bram] = [await testPerson(['analyst'], 'Dana Whitlock'), await testPerson(['ciso'], 'Bram Oduya')]
const HOUR = 3_600_000
const engaged = async (until?: string) => {
  const agent = await sampleAgent(pools.superuser)
  return engage({ scope: 'agent', agent: agent.slug, reason: '', by: dana.id, now: new Date(), until })
}
const watch = (hours: number) => transaction((tx) => watchHalts(tx, new Date(Date.now() + hours * HOUR)))
const told = async (haltId: string) => {
  const { rows } = await pools.superuser.query<{ envelope: Buffer }>('SELECT envelope FROM ledger.entry ORDER BY id')
  return rows
    .flatMap(({ envelope }) => parseEntry(envelope) ?? [])
    .filter(({ kind, about }) => kind.startsWith('alert.') && about?.halt === haltId)
}
const inForce = async (haltId: string) => (await readHalt(db(), haltId))?.liftedAt === null

describe('a halt that somebody should look at again', () => {
  it('raises an alert when its time came and not before, and stays in force', async () => {
    const [{ id }, other] = [await engaged('4h'), await engaged()]
    expect(await watch(3.9)).toBe(0)
    expect(await watch(4.1)).toBe(1)
    expect(await told(id)).toMatchObject([{ kind: 'alert.raised', about: { person: dana.id } }])
    expect(await told(other.id)).toEqual([])
    expect(await inForce(id)).toBe(true)
    const { rows } = await listAlerts(db(), { show: 'open' })
    expect(rows.filter(({ kind }) => kind === 'halt_look_again')).toHaveLength(1)
  })

  it('is said again each day and never sooner, also where somebody acknowledged it, and no louder in between', async () => {
    const { id } = await engaged('1h')
    await watch(2)
    expect(await watch(25.9)).toBe(0)
    expect(await told(id)).toHaveLength(1)
    await watch(26.1)
    expect((await told(id)).map(({ kind }) => kind)).toEqual(['alert.raised', 'alert.escalated'])
    expect(await transaction((tx) => remind(tx, new Date(Date.now() + 40 * HOUR)))).toBe(0)
    const alertId = (await told(id))[0]?.about?.alert ?? ''
    await transaction((tx) => acknowledge(tx, alertId, dana.id, 'seen', new Date()))
    await watch(51)
    expect((await told(id)).map(({ kind }) => kind)).toEqual(['alert.raised', 'alert.escalated', 'alert.raised'])
    expect(await inForce(id)).toBe(true)
  })

  it('is said once where two replicas look at the same moment', async () => {
    const { id } = await engaged('1h')
    await Promise.all([watch(100), watch(100)])
    expect(await told(id)).toHaveLength(1)
  })

  it('is not said any more once two people lifted it', async () => {
    const { id } = await engaged('1h')
    const typed = (await readHalt(db(), id))?.agent ?? ''
    const asked = await lift({ haltId: id, actor: dana, typed, reason: 'cleaned', now: new Date() })
    const { rows } = await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [
      asked.approvalId,
    ])
    const digest = rows[0]?.digest ?? Buffer.alloc(0)
    await lift({ haltId: id, actor: bram, typed, reason: 'agreed', answer: 'approve', digest, now: new Date() })
    await watch(200)
    expect(await told(id)).toEqual([])
  })

  it('has reminders that nobody takes back', async () => {
    for (const forged of ['DELETE FROM halt_reminder', 'UPDATE halt_reminder SET at = now()'])
      await expect(pools.app.query(forged)).rejects.toMatchObject({ code: '42501' })
  })
})
