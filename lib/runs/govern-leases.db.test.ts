import { describe, expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { governAgentLease, governLeases } from './govern-leases'
import { agentLeaseInput, leasesInput } from './lease-contract'
import { openRun } from './open'
import { readLeases } from './read'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
await pools.superuser.query(`INSERT INTO organisation (name) VALUES ('Northwind') ON CONFLICT DO NOTHING`)
const ilse = await testPerson(['ciso'])
const entries = async () => {
  const { rows } = await pools.superuser.query(`SELECT 1 FROM ledger.entry WHERE kind = 'leases.governed'`)
  return rows.length
}

describe('how long a run lives without a word', () => {
  it('is what a ciso set for all, or less for one agent; each change is an entry, and none is not', async () => {
    const sample = await sampleAgent(pools.superuser)
    const agent = { id: sample.agentId, ownerId: sample.personId }
    const opened = async () => (await transaction((tx) => openRun(tx, agent.id, { renews: true }, new Date()))).seconds
    expect(await opened()).toBe(15)
    await transaction((tx) => governLeases(tx, ilse, 60))
    await transaction((tx) => governLeases(tx, ilse, 60))
    expect(await opened()).toBe(60)
    await transaction((tx) => governAgentLease(tx, ilse, agent, 20))
    await transaction((tx) => governAgentLease(tx, ilse, agent, 20))
    expect(await opened()).toBe(20)
    expect(await readLeases(db(), agent.id)).toEqual({ organisation: 60, own: 20 })
    expect(await entries()).toBe(2)
    // what the organisation shortens later is shorter for everybody
    await transaction((tx) => governLeases(tx, ilse, 10))
    expect(await opened()).toBe(10)
    await expect(transaction((tx) => governAgentLease(tx, ilse, agent, 10))).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'seconds',
    })
    await transaction((tx) => governAgentLease(tx, ilse, agent, null))
    expect(await readLeases(db(), agent.id)).toEqual({ organisation: 10, own: null })
  })

  it.each(['', '4', '301', '7.5', 'long'])('is not %j', (seconds) => {
    expect(leasesInput.safeParse({ seconds }).success).toBe(false)
  })

  it('is the organisation’s again where an agent’s own is left empty', () => {
    expect(agentLeaseInput.parse({ seconds: '' })).toEqual({ seconds: null })
    expect(agentLeaseInput.safeParse({ seconds: '0' }).success).toBe(false)
  })
})
