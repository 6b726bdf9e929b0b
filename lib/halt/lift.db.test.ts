import { describe, expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { db, transaction } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { testDatabase } from '@/lib/db/testing'
import { parseEntry } from '@/lib/ledger/entry'
import { prepareEntry } from '@/lib/ledger/append'
import { testLedger } from '@/lib/ledger/testing'
import { answererOf } from '@/lib/approvals/read'
import type { Actor } from '@/lib/people/actor'
import { testPerson } from '@/lib/people/testing'
import { acknowledge } from './acknowledge'
import { engage } from './engage'
import { lift } from './lift'
import { haltReach, haltsFor } from './read'
import { readHaltHistory } from './read-history'
import { readHaltInForce } from './read-in-force'
import { LIFT_MS } from './staged-lift'
import { typedName } from './testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const [dana, bram, yuki] = [
  await testPerson(['analyst'], 'Dana Whitlock'),
  await testPerson(['ciso'], 'Bram Oduya'),
  await testPerson(['administrator'], 'Yuki Stenberg'),
]
const halted = async () => {
  const agent = await sampleAgent(pools.superuser)
  const { id } = await engage({ scope: 'agent', agent: agent.slug, reason: 'odd calls', by: dana.id, now: new Date() })
  return { agent, id }
}
const ask = async (haltId: string, actor: Actor, more: Partial<Parameters<typeof lift>[0]> = {}) =>
  lift({
    haltId,
    actor,
    reason: 'looked at it',
    now: new Date(),
    ...more,
    typed: more.typed ?? (await typedName(haltId)),
  })
const digestOf = async (approvalId: string) =>
  (await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [approvalId])).rows[0]
    ?.digest
const entries = async (haltId: string) => {
  const { rows } = await pools.superuser.query<{ envelope: Buffer }>('SELECT envelope FROM ledger.entry ORDER BY id')
  return rows.flatMap(({ envelope }) => parseEntry(envelope) ?? []).filter(({ about }) => about?.halt === haltId)
}

describe('what people say', () => {
  it('is kept nowhere with the secrets that slipped into it', async () => {
    const secret = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`
    const agent = await sampleAgent(pools.superuser)
    const { id } = await engage({
      scope: 'agent',
      agent: agent.slug,
      reason: `it leaks ${secret}`,
      by: dana.id,
      now: new Date(),
    })
    await ask(id, bram, { reason: `${secret} is revoked` })
    const { rows } = await pools.superuser.query<{ said: string }>(
      'SELECT reason AS said FROM halt UNION ALL SELECT reason FROM verdict',
    )
    const said = rows.map((row) => row.said)
    expect(said.filter((reason) => reason.includes('[redacted:github_token]'))).toHaveLength(2)
    expect(said.join()).not.toContain(secret)
  })
})

describe('engaging', () => {
  it('is told to whom it concerns, by whom, why and since when', async () => {
    const { agent, id } = await halted()
    expect(await haltsFor(db(), agent.agentId)).toMatchObject([{ scope: 'agent', lifted_at: null }])
    const other = await sampleAgent(pools.superuser)
    expect(await haltsFor(db(), other.agentId)).toEqual([])
    const [entry] = await entries(id)
    expect(entry).toMatchObject({
      kind: 'halt.engaged',
      actor: `person:${dana.id}`,
      agent: agent.agentId,
      owner: agent.personId,
      labels: ['agent'],
    })
    expect((await readHaltHistory(db(), {})).rows.find(({ haltId }) => haltId === id)).toMatchObject({
      agent: agent.slug,
      reason: 'odd calls',
      engagedBy: { name: 'Dana Whitlock' },
    })
  })

  it('twice at once ends in one halt, and both hear which', async () => {
    const agent = await sampleAgent(pools.superuser)
    const both = await Promise.all(
      [1, 2].map(() => engage({ scope: 'agent', agent: agent.slug, reason: '', by: dana.id, now: new Date() })),
    )
    expect(new Set(both.map(({ id }) => id)).size).toBe(1)
    expect(both.filter(({ already }) => already)).toHaveLength(1)
  })

  it('an agent nobody knows is refused, and nothing is half engaged', async () => {
    await expect(
      engage({ scope: 'agent', agent: 'no-such-agent', reason: '', by: dana.id, now: new Date() }),
    ).rejects.toMatchObject({ code: 'not_found', field: 'agent' })
  })

  it('gets through when every connection of the app is taken and a transaction sits on lock K', async () => {
    const agent = await sampleAgent(pools.superuser)
    const app = pool('app')
    const taken = await Promise.all(Array.from({ length: app.options.max }, () => app.connect()))
    for (const client of taken) client.on('error', () => undefined)
    await taken[0]?.query('BEGIN')
    await taken[0]?.query('SELECT gate_enter()')
    await expect(
      engage({ scope: 'agent', agent: agent.slug, reason: 'now', by: dana.id, now: new Date() }),
    ).resolves.toMatchObject({ already: false })
    // whoever sat on it was ended
    await expect(taken[0]?.query('SELECT 1')).rejects.toThrow()
    for (const client of taken) client.release(true)
  })

  it('counts beforehand what it would stop', async () => {
    const agent = await sampleAgent(pools.superuser)
    const none = { runs: 0, held: 0, grants: 0, standing: null }
    expect(await haltReach(pools.app, 'agent', { agent: agent.slug }, new Date())).toEqual({
      agents: 1,
      grades: [{ grade: null, agents: 1 }],
      ...none,
    })
    expect((await haltReach(pools.app, 'organisation', {}, new Date()))?.agents).toBeGreaterThan(1)
    expect(await haltReach(pools.app, 'team', { team: 'nobody at all' }, new Date())).toBeNull()
  })
})

describe('lifting', () => {
  it('takes two people on one request; the second answers what they saw', async () => {
    const { agent, id } = await halted()
    const asked = await ask(id, dana)
    expect(asked).toMatchObject({ status: 'asked', approvals: 1, seats: 2 })
    expect(await haltsFor(db(), agent.agentId)).toHaveLength(1)
    const inForce = await readHaltInForce(db(), id, answererOf(bram), new Date())
    expect(inForce?.lift).toMatchObject({
      status: 'pending',
      mine: { approve: { ok: true } },
      verdicts: [{ name: 'Dana Whitlock', reason: 'looked at it' }],
    })
    expect(await ask(id, bram, { digest: await digestOf(asked.approvalId) })).toMatchObject({ status: 'lifted' })
    expect(await haltsFor(db(), agent.agentId)).toEqual([])
    const told = await entries(id)
    expect(told.map(({ kind }) => kind)).toEqual(['halt.engaged', 'halt.lift_voted', 'halt.lifted'])
    expect(told.at(-1)?.verdicts?.map(({ person }) => person)).toEqual([dana.id, bram.id])
  })

  it('one person cannot, however often they ask, nor who may not', async () => {
    const { id } = await halted()
    const { approvalId } = await ask(id, dana)
    const digest = await digestOf(approvalId)
    await expect(ask(id, dana, { digest })).rejects.toMatchObject({ code: 'separation_of_duties' })
    await expect(ask(id, yuki, { digest })).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(ask(id, { ...bram, deactivated: true }, { digest })).rejects.toMatchObject({ code: 'not_permitted' })
  })

  it('agreeing without having seen the request, or with another one, is refused', async () => {
    const { id } = await halted()
    await ask(id, dana)
    await expect(ask(id, bram)).rejects.toMatchObject({ code: 'digest_mismatch' })
    await expect(ask(id, bram, { digest: Buffer.alloc(32) })).rejects.toMatchObject({ code: 'digest_mismatch' })
  })

  it('a refusal ends the request and leaves the halt', async () => {
    const { agent, id } = await halted()
    const { approvalId } = await ask(id, dana)
    expect(
      await ask(id, bram, { digest: await digestOf(approvalId), answer: 'reject', reason: 'not yet' }),
    ).toMatchObject({ status: 'refused' })
    expect(await haltsFor(db(), agent.agentId)).toHaveLength(1)
    expect(await ask(id, bram)).toMatchObject({ status: 'asked' })
  })

  it('a request runs out after an hour; agreeing then asks for a new one', async () => {
    const { id } = await halted()
    const { approvalId } = await ask(id, dana)
    const later = new Date(Date.now() + LIFT_MS + 1_000)
    await expect(ask(id, bram, { digest: await digestOf(approvalId), now: later })).rejects.toMatchObject({
      code: 'expired',
    })
    expect(await ask(id, bram, { now: later })).toMatchObject({ status: 'asked' })
  })

  it('of two who agree at once, one lifts and the other finds it lifted', async () => {
    const { id } = await halted()
    const { approvalId } = await ask(id, dana)
    const digest = await digestOf(approvalId)
    const third = await testPerson(['analyst'])
    const both = await Promise.allSettled([ask(id, bram, { digest }), ask(id, third, { digest })])
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    expect((await entries(id)).filter(({ kind }) => kind === 'halt.lifted')).toHaveLength(1)
  })

  it('is completed by whoever presses next when it was cut off between the verdicts and the gate', async () => {
    const { agent, id } = await halted()
    const { approvalId } = await ask(id, dana)
    const digest = (await digestOf(approvalId)) ?? Buffer.alloc(0)
    await pools.superuser.query(
      `INSERT INTO verdict (id, approval_id, person_id, answer, reason, digest) VALUES (gen_random_uuid(), $1, $2, 'approve', 'yes', $3)`,
      [approvalId, bram.id, digest],
    )
    await pools.superuser.query(`UPDATE approval SET status = 'approved', closed_at = now() WHERE id = $1`, [
      approvalId,
    ])
    expect(await ask(id, dana, { digest })).toMatchObject({ status: 'lifted' })
    expect(await haltsFor(db(), agent.agentId)).toEqual([])
  })

  it('the gate itself refuses a lift nobody agreed on', async () => {
    const { id } = await halted()
    const entry = await prepareEntry(pools.app, {
      kind: 'halt.lifted',
      actor: `person:${dana.id}`,
      about: { halt: id },
    })
    expect(
      await applyChange('halt.lift', { id, reason: 'alone', by: dana.id }, { ...entry, projection: null }),
    ).toMatchObject({ refused: 'separation_of_duties' })
  })
})

describe('acknowledging', () => {
  it('is one agent’s word, once, for a halt that covers it', async () => {
    const { agent, id } = await halted()
    const say = (agentId: string) => transaction((tx) => acknowledge(tx, agentId, id, []))
    await say(agent.agentId)
    await say(agent.agentId)
    const view = await readHaltInForce(db(), id, answererOf(dana), new Date())
    expect(view).toMatchObject({
      counts: { confirmed: 1, requested: 0, unconfirmed: 0 },
      agents: [{ slug: agent.slug, state: 'confirmed', runs: [] }],
    })
    expect((await entries(id)).filter(({ kind }) => kind === 'halt.acknowledged')).toHaveLength(1)
  })

  it('who says nothing is unconfirmed after a while, and stands first', async () => {
    const { id } = await engage({ scope: 'organisation', reason: '', by: bram.id, now: new Date() })
    const agent = await sampleAgent(pools.superuser)
    await transaction((tx) => acknowledge(tx, agent.agentId, id, []))
    const view = await readHaltInForce(db(), id, answererOf(dana), new Date(Date.now() + 60_000))
    expect(view?.counts).toMatchObject({ confirmed: 1, requested: 0 })
    expect(view?.agents.at(-1)).toMatchObject({ slug: agent.slug, state: 'confirmed' })
    expect(view?.agents[0]?.state).toBe('unconfirmed')
  })
})
