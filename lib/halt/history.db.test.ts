import { beforeAll, describe, expect, it } from 'vitest'
import { sampleAgent, type Sample } from '@/lib/agents/testing'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { acknowledge } from './acknowledge'
import { engage } from './engage'
import { lift } from './lift'
import { readHaltCounts, readHaltHistory } from './read-history'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const [dana, bram] = [await testPerson(['analyst'], 'Dana Whitlock'), await testPerson(['ciso'], 'Bram Oduya')]
const agents: Sample[] = []
const halts: string[] = []

describe('the list of all halts', () => {
  beforeAll(async () => {
    for (const by of [dana.id, bram.id, null]) {
      const agent = await sampleAgent(pools.superuser)
      const { id } = await engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by, now: new Date() })
      agents.push(agent)
      halts.push(id)
    }
    const [first = '', agent] = [halts[0], agents[0]?.agentId ?? '']
    await transaction((tx) => acknowledge(tx, agent, first, []))
    const typed = agents[0]?.slug ?? ''
    const asked = await lift({ haltId: first, actor: dana, typed, reason: 'cleaned', now: new Date() })
    const { rows } = await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [
      asked.approvalId,
    ])
    const digest = rows[0]?.digest ?? Buffer.alloc(0)
    await lift({ haltId: first, actor: bram, typed, reason: 'agreed', answer: 'approve', digest, now: new Date() })
  })
  const ids = async (query: Parameters<typeof readHaltHistory>[1], page?: number) =>
    (await readHaltHistory(db(), query, page)).rows.map(({ haltId }) => haltId)

  it('has every one, newest first, with who lifted it in the order they signed and who confirmed', async () => {
    const { rows } = await readHaltHistory(db(), {})
    expect(rows.map(({ haltId }) => haltId)).toEqual([...halts].reverse())
    expect(rows[2]).toMatchObject({
      engagedBy: { name: 'Dana Whitlock' },
      liftedBy: [{ name: 'Dana Whitlock' }, { name: 'Bram Oduya' }],
      confirmed: 1,
    })
    expect(rows[2]?.slowestMs).toBeGreaterThanOrEqual(0)
    expect(rows[0]).toMatchObject({ liftedAt: null, liftedBy: [], confirmed: 0, slowestMs: null })
  })

  it('is narrowed by standing, by who engaged it, by scope and by a part of what it names', async () => {
    expect(await ids({ state: 'lifted' })).toEqual([halts[0]])
    expect(await ids({ state: 'in_force' })).toEqual([halts[2], halts[1]])
    expect(await ids({ by: publicId('person', bram.id) })).toEqual([halts[1]])
    expect(await ids({ by: 'rule' })).toEqual([halts[2]])
    expect(await ids({ scope: 'tool' })).toEqual([])
    expect(await ids({ q: agents[1]?.slug.toUpperCase() })).toEqual([halts[1]])
    expect(await ids({ q: '%' })).toEqual([])
    expect(await ids({ by: 'nobody we know' })).toEqual([])
  })

  it('goes on where the page before it ended', async () => {
    const first = await readHaltHistory(db(), {}, 2)
    expect(first.older).toBe(first.rows[1]?.id)
    expect(await ids({ before: first.older ?? '' }, 2)).toEqual([halts[0]])
  })

  it('counts them and knows who engaged any', async () => {
    const counts = await readHaltCounts(db())
    expect(counts).toMatchObject({ all: 3, inForce: 2 })
    expect(counts.engagers.map(({ name }) => name)).toEqual(['Bram Oduya', 'Dana Whitlock'])
  })
})
