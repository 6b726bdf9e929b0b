import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { renew } from '@/lib/boundary/renew'
import { readTerms } from '@/lib/boundary/read-terms'
import { setLapse } from '@/lib/boundary/set-lapse'
import { newId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { lifecycle, READ } from '@/lib/decisions/lifecycle-testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { agentNamed } from '@/lib/agents/read'
import { remind } from './remind'
import { watchTerms } from './watch-terms'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { propose } = lifecycle(database)
const ciso = await testPerson(['ciso'])
const administrator = await testPerson(['administrator'])

const DAY = 86_400_000
const look = (now: Date) => transaction((tx) => watchTerms(tx, now))
const alertsOf = ({ agentId }: Governed) => db().alert.findMany({ where: { agentId }, orderBy: { firstAt: 'asc' } })

/** An agent whose boundary lapses in so many days; its review is a year away. */
async function lapsingIn(days: number): Promise<Governed> {
  const agent = await governed(pools.superuser)
  await pools.superuser.query(
    `INSERT INTO boundary_version (id, agent_id, version, status, source, document, digest, drafted_by, signed_by, signed_at, statement, lapses_at)
     SELECT $1, agent_id, 2, 'signed', $4, document, $3, drafted_by, signed_by, now(), 'I have read it', now() + make_interval(secs => $5)
       FROM boundary_version WHERE agent_id = $2`,
    [
      newId(),
      agent.agentId,
      randomBytes(32),
      `agent: ${agent.slug}\nmcp_scopes: {crm: [read]} # as it was\n`,
      days * 86_400,
    ],
  )
  await pools.superuser.query(`UPDATE agent SET review_date = now() + interval '365 days' WHERE id = $1`, [
    agent.agentId,
  ])
  return agent
}

beforeEach(async () => {
  // others’ agents do not count in what follows
  await pools.superuser.query(`UPDATE agent SET state = 'retired'`)
})

describe('what ends', () => {
  it('is told step by step, louder as it nears, each step once; the days between are silent', async () => {
    const agent = await lapsingIn(40)
    const at = (daysLeft: number) => look(new Date(Date.now() + (40 - daysLeft) * DAY))
    const told: number[] = []
    for (const days of [40, 31, 31, 25, 15, 14, 8, 5, 2, 1.5, 1, 0.5]) told.push(await at(days - 0.001))
    expect(told).toEqual([0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0])
    const [alert, ...others] = await alertsOf(agent)
    expect(others).toEqual([])
    expect(alert).toMatchObject({ kind: 'term_near', count: 5, severity: 'warning' })
    await at(-0.1)
    const over = (await alertsOf(agent)).find(({ kind }) => kind === 'term_over')
    expect(over).toMatchObject({ severity: 'critical' })
    expect(JSON.stringify(over?.detail)).toContain('Its boundary has lapsed.')
    expect(JSON.stringify(over?.detail)).toContain('Told: its owner, the cisos, the administrators.')
  })

  it('is told once, although replicas look at the same moment and again', async () => {
    const agent = await lapsingIn(10)
    await Promise.all([look(new Date()), look(new Date()), look(new Date())])
    await look(new Date())
    expect((await alertsOf(agent)).map(({ count }) => count)).toEqual([1])
    const { rows } = await pools.superuser.query(
      `SELECT FROM ledger.entry WHERE kind = 'alert.raised' AND agent_id = $1`,
      [agent.agentId],
    )
    expect(rows).toHaveLength(1)
  })

  it('says in words what happens on that day', async () => {
    const agent = await lapsingIn(10)
    await look(new Date())
    const [alert] = await alertsOf(agent)
    expect(JSON.stringify(alert?.detail)).toMatch(
      /From \d+ \w+( \d{4})? it keeps 1 of its 3 permissions: reading at crm\./,
    )
  })

  it('comes again by its own steps, and not every quarter of an hour', async () => {
    const agent = await lapsingIn(20)
    const now = new Date()
    await look(now)
    await transaction((tx) => remind(tx, new Date(now.getTime() + DAY)))
    expect((await alertsOf(agent))[0]).toMatchObject({ remindedAt: null, severity: 'notice' })
  })

  it('tells of a review as of a boundary, and passes over the owner who is gone', async () => {
    const agent = await lapsingIn(90)
    await pools.superuser.query(`UPDATE agent SET review_date = now() + interval '5 days' WHERE id = $1`, [
      agent.agentId,
    ])
    await pools.superuser.query('UPDATE person SET deactivated_at = now(), deactivated_by = id WHERE id = $1', [
      agent.personId,
    ])
    await look(new Date())
    const [alert] = await alertsOf(agent)
    expect(JSON.stringify(alert?.detail)).toContain('Its review is due in at most 7 days.')
    expect(JSON.stringify(alert?.detail)).toContain('Told: the cisos.')
  })
})

describe('what happens then', () => {
  it('is the organisation’s choice, a ciso’s to make, and holds for the next answer', async () => {
    const agent = await lapsingIn(-1)
    expect((await propose(agent, READ)).decision).toBe('allow')
    await setLapse(db(), ciso, { onLapse: 'suspend', remindDays: [60, 10] })
    expect(await propose(agent, READ)).toMatchObject({ decision: 'forbid', reason: { code: 'boundary_expired' } })
    const [terms] = await readTerms(db(), agent.agentId, [], Date.now())
    expect(terms?.terms[0]?.happens).toContain('it is suspended')
    await setLapse(db(), ciso, { onLapse: 'read_only', remindDays: [30, 14, 7, 1] })
    expect((await propose(agent, READ)).decision).toBe('allow')
  })

  it('is refused to whoever is no ciso, by the database itself', async () => {
    const choice = { onLapse: 'suspend', remindDays: [30] } as const
    await expect(setLapse(db(), administrator, { ...choice, remindDays: [30] })).rejects.toMatchObject({
      code: 'not_permitted',
    })
    await expect(pools.app.query(`UPDATE gate SET on_lapse = 'suspend'`)).rejects.toMatchObject({ code: '42501' })
    await expect(pools.app.query('DELETE FROM term_notice')).rejects.toMatchObject({ code: '42501' })
  })
})

describe('a renewal', () => {
  it('is a draft of the same text, which a ciso has to sign, and writes over nobody’s draft', async () => {
    const agent = await lapsingIn(5)
    const row = await agentNamed(db(), agent.slug)
    const drafted = await transaction((tx) => renew(tx, { id: agent.personId }, row, new Date()))
    const version = await db().boundaryVersion.findUniqueOrThrow({ where: { id: drafted.id } })
    expect(version).toMatchObject({
      status: 'draft',
      version: 3,
      signedBy: null,
      note: 'Renews version 2: the same text with a new term.',
      source: `agent: ${agent.slug}\nmcp_scopes: {crm: [read]} # as it was\n`,
    })
    await expect(transaction((tx) => renew(tx, { id: agent.personId }, row, new Date()))).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})
