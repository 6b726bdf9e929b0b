import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { handOver } from '@/lib/agents/hand-over'
import { register } from '@/lib/agents/register'
import { agentNamed } from '@/lib/agents/read'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { createTeam } from './edit-organisation'
import { momentOf, personOf } from './person-param'
import { agentsOwned, agentsOwnedAt } from './read-owned'
import { testOrganisation, testPerson } from './testing'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const administrator = await testOrganisation()
const teamId = await transaction((tx) => createTeam(tx, administrator, 'Platform', new Date()))

describe('who answered for an agent', () => {
  it('is said as of then, out of the ledger, whatever was handed over since (C06)', async () => {
    const [first, second] = [await testPerson(), await testPerson()]
    const before = new Date()
    await sleep(5)
    const reviewDate = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    const { slug } = await transaction((tx) =>
      register(
        tx,
        first,
        { slug: 'soc-triage', purpose: 'Triages alerts', teamId, environment: 'production', reviewDate },
        new Date(),
      ),
    )
    await sleep(5)
    const between = new Date()
    await sleep(5)
    const agent = await agentNamed(db, slug)
    await handOver(db, first, agent, second.id)
    const after = new Date(Date.now() + 5)

    expect(await agentsOwnedAt(db, first.id, before)).toEqual([])
    expect(await agentsOwnedAt(db, first.id, between)).toEqual(['soc-triage'])
    expect(await agentsOwnedAt(db, second.id, between)).toEqual([])
    expect(await agentsOwnedAt(db, first.id, after)).toEqual([])
    expect(await agentsOwnedAt(db, second.id, after)).toEqual(['soc-triage'])
    expect((await agentsOwned(db, second.id)).map((each) => each.slug)).toEqual(['soc-triage'])
    expect(await agentsOwned(db, first.id)).toEqual([])
  })
})

describe('the address of a person', () => {
  it.each(['per_019a00000000700080000000000000aa', '019a0000-0000-7000-8000-0000000000aa'])('%s names one', (text) => {
    expect(personOf(text)).toBe('019a0000-0000-7000-8000-0000000000aa')
  })
  it.each(['', 'per_x', 'agt_019a00000000700080000000000000aa', '1', '../x'])('%j names none', (text) => {
    expect(personOf(text)).toBeUndefined()
  })
  it('takes a moment of the past, and no other', () => {
    const now = new Date('2026-11-20T14:00:00Z')
    expect(momentOf('2026-11-20T13:00:00.000Z', now)).toEqual(new Date('2026-11-20T13:00:00Z'))
    expect(momentOf('2026-11-20T14:30:00+01:00', now)).toEqual(new Date('2026-11-20T13:30:00Z'))
    for (const text of [
      '2026-11-20T15:00:00Z',
      '2026-11-20',
      'yesterday',
      '',
      undefined,
      ['x'],
      '2026-13-40T00:00:00Z',
      '1960-01-01T00:00:00Z',
    ])
      expect(momentOf(text, now)).toBeUndefined()
  })
})
