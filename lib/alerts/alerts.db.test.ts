import { describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { acknowledge } from './acknowledge'
import { observe, type ObservedEntry } from './observe'
import { alertOwner, countOpenAlerts, listAlerts, readAlert } from './read'
import { remind } from './remind'

const database = await testDatabase()
await testLedger(database)
const { db, pools } = database

async function person(): Promise<string> {
  const id = newId()
  await db.person.create({ data: { id, name: 'Dana', email: `${id}@example.test`, roles: ['analyst'] } })
  return id
}

async function agent(): Promise<string> {
  const id = newId()
  const owner = await person()
  const team = await db.team.create({ data: { id: newId(), name: id } })
  await db.agent.create({
    data: {
      id,
      slug: `a${id.slice(-12)}`,
      purpose: 'x',
      ownerId: owner,
      teamId: team.id,
      environment: 'test',
      reviewDate: new Date('2027-01-01'),
      registeredBy: owner,
    },
  })
  return id
}

let index = 0n
function forbidden(agentId: string, at = new Date()): ObservedEntry {
  return { kind: 'action.decided', outcome: 'forbid', agentId, index: index++, entryId: newId(), at }
}
const see = (entry: ObservedEntry) => transaction((tx) => observe(tx, entry))
const alertsOf = (agentId: string) => db.alert.findMany({ where: { agentId }, orderBy: { firstAt: 'asc' } })
const entriesOf = async (agentId: string) =>
  (
    await pools.app.query<{ kind: string }>('SELECT kind FROM ledger.entry WHERE agent_id = $1 ORDER BY id', [agentId])
  ).rows.map((row) => row.kind)

describe('observing the ledger', () => {
  it('raises one alert for an agent, extends it with each repeat, and escalates at the third', async () => {
    const id = await agent()
    for (let n = 0; n < 3; n++) await see(forbidden(id))
    const [alert, ...others] = await alertsOf(id)
    expect(others).toEqual([])
    expect(alert).toMatchObject({ kind: 'forbidden', count: 3, severity: 'critical' })
    expect(await entriesOf(id)).toEqual(['alert.raised', 'alert.escalated'])
  })

  it('counts an entry once, however often the log is read again after a crash', async () => {
    const id = await agent()
    const entry = forbidden(id)
    expect(await see(entry)).toBe(true)
    expect(await see(entry)).toBe(false)
    expect((await alertsOf(id))[0]?.count).toBe(1)
  })

  it('opens one alert when two replicas see an agent’s first forbidden actions at once', async () => {
    const id = await agent()
    await Promise.all([see(forbidden(id)), see(forbidden(id)), see(forbidden(id))])
    const alerts = await alertsOf(id)
    expect(alerts).toHaveLength(1)
    expect(alerts[0]?.count).toBe(3)
  })
})

describe('a limit that is used up', () => {
  const reached = (agentId: string, at: string, limit = 'calls_per_hour'): ObservedEntry => ({
    ...forbidden(agentId, new Date(at)),
    outcome: 'hold',
    labels: [`reached_${limit}`],
  })

  it('counts once in each window however many calls wait, also after somebody acknowledged it', async () => {
    await db.$executeRaw`INSERT INTO organisation (name) VALUES ('Northwind') ON CONFLICT DO NOTHING`
    await db.$executeRaw`UPDATE organisation SET time_zone = 'Europe/Vienna'`
    const id = await agent()
    for (const minute of ['01', '02', '59']) await see(reached(id, `2026-11-21T07:${minute}:00Z`))
    expect((await alertsOf(id)).map(({ count }) => count)).toEqual([1])
    await see(reached(id, '2026-11-21T08:00:00Z'))
    const [alert] = await alertsOf(id)
    expect(alert?.count).toBe(2)
    const dana = await person()
    await transaction((tx) => acknowledge(tx, alert?.id ?? '', dana, 'looked', new Date()))
    expect(await see(reached(id, '2026-11-21T08:30:00Z'))).toBe(false)
    expect(await see(reached(id, '2026-11-21T09:00:00Z'))).toBe(true)
    expect((await alertsOf(id)).map(({ count }) => count)).toEqual([2, 1])
  })

  it('of a day counts by the days of the organisation, and apart from its other limits', async () => {
    const id = await agent()
    expect(await see(reached(id, '2026-11-20T22:30:00Z', 'spend_per_day'))).toBe(true)
    expect(await see(reached(id, '2026-11-20T22:59:00Z', 'spend_per_day'))).toBe(false)
    expect(await see(reached(id, '2026-11-20T23:00:00Z', 'spend_per_day'))).toBe(true) // midnight in Vienna
    expect(await see(reached(id, '2026-11-20T23:00:00Z', 'calls_per_day'))).toBe(true)
    expect(await alertsOf(id)).toHaveLength(2)
  })
})

describe('acknowledging', () => {
  it('closes the alert with a name and a note; the next occurrence opens a new one', async () => {
    const id = await agent()
    const dana = await person()
    await see(forbidden(id))
    const [first] = await alertsOf(id)
    if (!first) throw new Error('no alert')
    await transaction((tx) => acknowledge(tx, first.id, dana, 'a test run', new Date()))
    const reader = { id: dana, roles: ['analyst'], onCall: false, deactivated: false } as const
    const read = await readAlert(db, reader, first.id)
    expect(read).toMatchObject({ hidden: null, more: 1, acknowledged: { by: 'Dana', note: 'a test run' } })
    await see(forbidden(id))
    expect(await alertsOf(id)).toHaveLength(2)
  })

  it('tells nobody what an agent asked who does not read its record', async () => {
    const id = await agent()
    await see(forbidden(id))
    const [alert] = await alertsOf(id)
    const stranger = { id: newId(), roles: [], onCall: false, deactivated: false }
    expect(await readAlert(db, stranger, alert?.id ?? '')).toMatchObject({
      count: 1,
      occurrences: [],
      more: 0,
      hidden: expect.stringContaining('reads the record') as unknown,
    })
    const ownerId = (await alertOwner(db, alert?.id ?? '')) ?? ''
    expect(await readAlert(db, { ...stranger, id: ownerId }, alert?.id ?? '')).toMatchObject({ hidden: null })
  })

  it('lets one of two people acknowledge and tells the other', async () => {
    const id = await agent()
    await see(forbidden(id))
    const [alert] = await alertsOf(id)
    const tries = await Promise.allSettled(
      [await person(), await person()].map((by) =>
        transaction((tx) => acknowledge(tx, alert?.id ?? '', by, '', new Date())),
      ),
    )
    expect(tries.filter((each) => each.status === 'fulfilled')).toHaveLength(1)
    expect(tries.find((each) => each.status === 'rejected')).toMatchObject({ reason: { code: 'already_decided' } })
  })
})

describe('reminding', () => {
  it('lets an alert nobody acknowledged come again, louder, and only when it is due', async () => {
    const id = await agent()
    const start = new Date()
    await see(forbidden(id, start))
    const later = (minutes: number) => new Date(start.getTime() + minutes * 60_000)
    const remindAt = (minutes: number) => transaction((tx) => remind(tx, later(minutes)))
    await remindAt(14)
    expect((await alertsOf(id))[0]).toMatchObject({ severity: 'warning', remindedAt: null })
    await remindAt(15)
    expect((await alertsOf(id))[0]).toMatchObject({ severity: 'critical', remindedAt: later(15) })
    await remindAt(16)
    expect((await alertsOf(id))[0]).toMatchObject({ remindedAt: later(15) })
  })
})

describe('reading', () => {
  it('lists open alerts and counts them by severity; all shows the closed ones too', async () => {
    const id = await agent()
    await see(forbidden(id))
    const [alert] = await alertsOf(id)
    await transaction(async (tx) => {
      await acknowledge(tx, alert?.id ?? '', await person(), '', new Date())
    })
    const open = await listAlerts(db, { show: 'open' })
    const all = await listAlerts(db, { show: 'all' })
    expect(open.rows.some((row) => row.id === alert?.id)).toBe(false)
    expect(all.rows.some((row) => row.id === alert?.id)).toBe(true)
    const counts = await countOpenAlerts(db)
    expect(counts.notice + counts.warning + counts.critical).toBe(open.rows.length)
  })
})
