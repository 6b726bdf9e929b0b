import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { newId, publicId } from '@/lib/core/ids'
import { onHearingAgain, startHearing } from '@/lib/db/bus'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { parseEntry } from '@/lib/ledger/entry'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { testPerson } from '@/lib/people/testing'
import { acknowledge } from './acknowledge'
import { confirmDrill } from './confirm-drill'
import { noteDue } from './drills-due'
import { endDrills } from './end-drills'
import { engage } from './engage'
import { HaltHub } from './hub'
import { isHalted } from './in-force'
import { lift } from './lift'
import { planLiveDrill } from './plan-live-drill'
import { rehearse } from './rehearse'
import { runDueDrill } from './run-due-drill'
import { scheduleDrills } from './schedule-drills'
import { signLiveDrill } from './sign-live-drill'
import { findDrill } from './store-drill'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const [dana, bram, ilse] = [
  await testPerson(['analyst'], 'Dana Whitlock'),
  await testPerson(['analyst'], 'Bram Castellane'),
  await testPerson(['ciso'], 'Ilse Tamm'),
]
await pools.superuser.query(
  `INSERT INTO organisation (id, name, time_zone, created_at) VALUES (1, 'Quillhaven', 'Europe/Amsterdam', '2026-10-10') ON CONFLICT (id) DO UPDATE SET created_at = '2026-10-10'`,
)
const listening = new Promise<void>((resolve) => onHearingAgain(resolve))
const hearing = startHearing(database.urls.app, () => undefined)
await listening
afterAll(() => hearing.stop())

const agent = () => sampleAgent(pools.superuser)
const begin = (slug: string, more: Partial<Parameters<typeof rehearse>[1]> = {}) =>
  transaction((tx) => rehearse(tx, { scope: 'agent', named: { agent: slug }, by: dana.id, now: new Date(), ...more }))
const entriesOf = async (drillId: string) => {
  const { rows } = await pools.superuser.query<{ envelope: Buffer }>('SELECT envelope FROM ledger.entry ORDER BY id')
  return rows.flatMap(({ envelope }) => parseEntry(envelope) ?? []).filter(({ about }) => about?.drill === drillId)
}
const plan = async (slug: string, actor: Actor = dana) => {
  const id = await transaction((tx) =>
    planLiveDrill(tx, {
      scope: 'agent',
      named: { agent: slug },
      note: 'Monthly',
      windowMs: 15_000,
      actor,
      now: new Date(),
    }),
  )
  const drill = (await findDrill(db(), id)) ?? expect.fail('no drill')
  const { rows } = await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [
    drill.approval_id,
  ])
  return { drill, haltId: drill.halt_id ?? '', digest: rows[0]?.digest ?? Buffer.alloc(0) }
}
const sign = (drillId: string, digest: Buffer, actor: Actor = bram, answer: 'approve' | 'reject' = 'approve') =>
  signLiveDrill({ drillId, actor, answer, reason: 'Agreed', digest, now: new Date() })
const halted = ({ agentId, teamId }: { agentId: string; teamId: string }) =>
  isHalted(db(), { agentId, teamId, environment: 'production' })
/** The clock of a replica that looks a minute later: the window of a drill is over by it. */
const later = () => new Date(Date.now() + 60_000)

beforeEach(async () => {
  await endDrills(new Date(Date.now() + 3_600_001))
})

describe('a rehearsal', () => {
  it('reaches the stream of every agent in scope and of no other, marked as a drill, and stops nothing', async () => {
    const [mine, other] = [await agent(), await agent()]
    const onError = (error: unknown) => {
      throw error
    }
    const hub = new HaltHub({ sql: pools.app, urgent: pools.app, onError })
    const heard = { mine: '', other: '', late: '' }
    const join = (agentId: string, into: keyof typeof heard) =>
      hub.join(
        agentId,
        null,
        (text) => void (heard[into] += text),
        () => undefined,
      )
    const events = (who: keyof typeof heard) => [...heard[who].matchAll(/^event: (.*)$/gm)].map(([, event]) => event)
    await join(mine.agentId, 'mine')
    await join(other.agentId, 'other')
    const id = await begin(mine.slug)
    await expect.poll(() => events('mine')).toEqual(['state', 'drill'])
    expect(heard.mine).toContain(`"drill":true,"scope":"agent","target":"${mine.slug}"`)
    // whoever connects while it goes on is told with the present state
    await join(mine.agentId, 'late')
    expect(heard.late).toContain(`"halts":[],"drills":[{"id":"${publicId('drill', id)}"`)
    expect(events('other')).toEqual(['state'])
    expect(await halted(mine)).toBe(false)
    await transaction((tx) => confirmDrill(tx, mine.agentId, id, []))
    hub.close()
  })

  it('is confirmed by the agent itself alone; another’s word is refused and recorded, once', async () => {
    const [mine, other] = [await agent(), await agent()]
    const id = await begin(mine.slug)
    const say = (agentId: string) => transaction((tx) => confirmDrill(tx, agentId, id, []))
    expect(await say(other.agentId)).toBe('foreign')
    expect(await say(other.agentId)).toBe('foreign')
    expect(await endDrills(new Date())).toBe(0)
    expect(await say(mine.agentId)).toBe('confirmed')
    expect(await say(mine.agentId)).toBe('confirmed')
    const entries = await entriesOf(id)
    expect(entries.map(({ kind }) => kind)).toEqual(['drill.begun', 'drill.confirmation_refused', 'drill.confirmed'])
    expect(entries[1]).toMatchObject({ actor: 'agent', agent: other.agentId })
    expect(await transaction((tx) => confirmDrill(tx, mine.agentId, newId(), []))).toBe('unknown')
  })

  it('ends once everybody confirmed, with each agent’s time, in one entry however many replicas look', async () => {
    const mine = await agent()
    const id = await begin(mine.slug)
    await transaction((tx) => confirmDrill(tx, mine.agentId, id, []))
    const ended = await Promise.all([1, 2, 3].map(() => endDrills(new Date())))
    expect(ended.reduce((sum, n) => sum + n, 0)).toBe(1)
    const drill = await findDrill(db(), id)
    expect(drill).toMatchObject({
      outcome: 'measured',
      report: { figures: { agents: 1, confirmed: 1, never: 0, met: true } },
    })
    expect(drill?.report?.agents[0]?.confirmed_ms).toBeGreaterThanOrEqual(0)
    const entries = await entriesOf(id)
    expect(entries.filter(({ kind }) => kind === 'drill.ended')).toMatchObject([
      { id: drill?.entry_id, labels: ['rehearsal', 'agent', 'measured', 'target_met'] },
    ])
  })

  it('ends when its time is up, and says who never answered', async () => {
    const mine = await agent()
    const id = await begin(mine.slug, { windowMs: 15_000 })
    expect(await endDrills(new Date())).toBe(0)
    expect(await endDrills(later())).toBe(1)
    expect((await findDrill(db(), id))?.report).toMatchObject({
      agents: [{ agent: mine.slug, confirmed_ms: null }],
      figures: { never: 1, worst: null, met: false },
    })
  })

  it('is one at a time for one scope, and refuses a scope nobody is in', async () => {
    const mine = await agent()
    await begin(mine.slug)
    await expect(begin(mine.slug)).rejects.toMatchObject({ code: 'wrong_state' })
    const idle = await sampleAgent(pools.superuser, 'suspended')
    await expect(begin(idle.slug)).rejects.toMatchObject({ code: 'invalid_request', field: 'scope' })
    await expect(begin('nobody')).rejects.toMatchObject({ code: 'not_found', field: 'agent' })
  })
})

describe('a live drill', () => {
  it('halts only when a second person signed, and is lifted by what both signed once it is measured', async () => {
    const mine = await agent()
    const { drill, haltId, digest } = await plan(mine.slug)
    expect(await halted(mine)).toBe(false)
    await expect(sign(drill.id, digest, dana)).rejects.toMatchObject({ code: 'separation_of_duties' })
    await expect(sign(drill.id, Buffer.alloc(32))).rejects.toMatchObject({ code: 'digest_mismatch' })
    expect(await halted(mine)).toBe(false)
    expect(await sign(drill.id, digest)).toBe('begun')
    expect(await halted(mine)).toBe(true)
    expect(await endDrills(new Date())).toBe(0)
    await transaction((tx) => acknowledge(tx, mine.agentId, haltId, []))
    expect(await endDrills(new Date())).toBe(1)
    expect(await halted(mine)).toBe(false)
    expect((await findDrill(db(), drill.id))?.report?.figures).toMatchObject({ confirmed: 1, never: 0 })
    const entries = await entriesOf(drill.id)
    expect(entries.map(({ kind }) => kind)).toEqual(['drill.planned', 'drill.begun', 'halt.lifted', 'drill.ended'])
    expect(entries[2]?.verdicts?.map(({ person }) => person).toSorted()).toEqual([dana.id, bram.id].toSorted())
  })

  it('the second person did not agree to halts nothing', async () => {
    const mine = await agent()
    const { drill, digest } = await plan(mine.slug)
    expect(await sign(drill.id, digest, bram, 'reject')).toBe('refused')
    expect(await halted(mine)).toBe(false)
    expect(await findDrill(db(), drill.id)).toMatchObject({ outcome: 'refused', report: null })
    await expect(sign(drill.id, digest, ilse)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('nobody signed in time has lapsed', async () => {
    const mine = await agent()
    const { drill, digest } = await plan(mine.slug)
    expect(await endDrills(later())).toBe(0)
    expect(await endDrills(new Date(Date.now() + 3_600_001))).toBe(1)
    expect(await findDrill(db(), drill.id)).toMatchObject({ outcome: 'lapsed' })
    await expect(sign(drill.id, digest)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('that somebody engages for real stays in force when it was measured, and then takes two people anew', async () => {
    const mine = await agent()
    const { drill, haltId, digest } = await plan(mine.slug)
    await sign(drill.id, digest)
    expect(
      await engage({ scope: 'agent', agent: mine.slug, reason: 'it is real', by: ilse.id, now: new Date() }),
    ).toEqual({
      id: haltId,
      already: true,
    })
    expect(await endDrills(later())).toBe(1)
    expect(await findDrill(db(), drill.id)).toMatchObject({ outcome: 'kept' })
    expect(await halted(mine)).toBe(true)
    expect((await entriesOf(drill.id)).map(({ kind }) => kind)).toContain('drill.kept')
    expect(await lift({ haltId, actor: bram, reason: 'over', typed: mine.slug, now: new Date() })).toMatchObject({
      status: 'asked',
    })
    expect(await halted(mine)).toBe(true)
  })

  it('of everything becomes real when somebody breaks the glass', async () => {
    await agent()
    const id = await transaction((tx) =>
      planLiveDrill(tx, { scope: 'organisation', named: {}, note: 'All of it', actor: dana, now: new Date() }),
    )
    const drill = (await findDrill(db(), id)) ?? expect.fail('no drill')
    const { rows } = await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [
      drill.approval_id,
    ])
    await sign(id, rows[0]?.digest ?? Buffer.alloc(0))
    await pools.owner.query(`SELECT halt_everything('it is real')`)
    expect(await endDrills(new Date(Date.now() + 900_000))).toBeGreaterThan(0)
    expect(await findDrill(db(), id)).toMatchObject({ outcome: 'kept' })
    const { rows: standing } = await pools.superuser.query('SELECT 1 FROM halt WHERE id = $1 AND lifted_at IS NULL', [
      drill.halt_id,
    ])
    expect(standing).toHaveLength(1)
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE id = $1', [drill.halt_id])
  })

  it('whose halt a race of engaging and lifting meets ends either kept or engaged anew, never lifted behind somebody’s back', async () => {
    for (let n = 0; n < 12; n++) {
      const mine = await agent()
      const { drill, haltId, digest } = await plan(mine.slug)
      await sign(drill.id, digest)
      await transaction((tx) => acknowledge(tx, mine.agentId, haltId, []))
      await Promise.all([
        endDrills(new Date()),
        sleep(n).then(() => engage({ scope: 'agent', agent: mine.slug, reason: 'real', by: ilse.id, now: new Date() })),
      ])
      expect(await halted(mine)).toBe(true)
    }
  })
})

describe('the schedule', () => {
  it('is monthly and of everything until somebody says otherwise, and counts a drill once it has begun', async () => {
    await agent()
    const due = await transaction((tx) => noteDue(tx))
    expect(due).not.toBeNull()
    await transaction((tx) => rehearse(tx, { scope: 'organisation', named: {}, by: dana.id, now: new Date() }))
    // what every page reads
    const { rows } = await pools.app.query<{ later: boolean }>(
      'SELECT at > now() AND overdue_at > at AS later FROM drill_due',
    )
    expect(rows).toEqual([{ later: true }])
  })

  it('begins the rehearsal that is due by itself where it was set so, once however many replicas look', async () => {
    const mine = await agent()
    const { rows } = await pools.superuser.query<{ name: string }>('SELECT name FROM team WHERE id = $1', [mine.teamId])
    await transaction((tx) =>
      scheduleDrills(
        tx,
        ilse,
        {
          everyMonths: 1,
          day: 1,
          hour: 10,
          scope: 'team',
          named: { team: rows[0]?.name },
          whenDue: 'rehearse',
          targetMs: 5_000,
        },
        new Date(),
      ),
    )
    // an earlier drill of everything counts for this team until the month after
    const soon = new Date(Date.now() + 70 * 86_400_000)
    const begun = (await Promise.all([runDueDrill(soon), runDueDrill(soon)])).filter((id) => id !== null)
    expect(begun).toHaveLength(1)
    expect(await findDrill(db(), begun[0] ?? '')).toMatchObject({
      kind: 'rehearsal',
      scope: 'team',
      asked_by: null,
      target_ms: 5_000,
    })
  })
})

it('the app’s login can add to what was drilled and change nothing of it', async () => {
  for (const table of [
    'drill',
    'drill_begun',
    'drill_agent',
    'drill_confirmation',
    'drill_foreign',
    'drill_ended',
    'drill_schedule',
  ]) {
    await expect(pools.app.query(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: '42501' })
    await expect(pools.app.query(`TRUNCATE ${table}`)).rejects.toMatchObject({ code: '42501' })
  }
  await expect(pools.app.query(`UPDATE drill_ended SET outcome = 'measured'`)).rejects.toMatchObject({ code: '42501' })
  await expect(pools.superuser.query(`UPDATE drill SET target_ms = 900000`)).rejects.toMatchObject({ code: '42501' })
})
