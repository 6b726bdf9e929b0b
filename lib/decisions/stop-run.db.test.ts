import { describe, expect, it } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { openOfRun, rejectedInRun } from './read-run'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { openRun } from '@/lib/runs/open'
import { governed, sampleBoundary, sampleSigned, type Governed } from './governed-testing'
import { HOLD, lifecycle, READ } from './lifecycle-testing'
import { stopRun } from './stop-run'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { held, kinds, propose, state } = lifecycle(database)
const dana = await testPerson(['analyst'])

const open = (agent: Governed, more = {}) =>
  transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 3_600, ...more }, new Date()))
const stop = (runId: string, actor = dana) =>
  stopRun({ run: publicId('run', runId), runId, actor, reason: 'It follows a stranger’s mail', now: () => new Date() })
const host = (n: number) => ({ ...HOLD, arguments: { host: `fin-${n}` }, resource: { type: 'host', id: `fin-${n}` } })

describe('reject all and halt this run', () => {
  it('halts first, then rejects each, with an entry for the halt and one for every verdict', async () => {
    const agent = await governed(pools.superuser)
    const [run, other] = [await open(agent), await open(agent)]
    const inRun = { run: { id: publicId('run', run.id) } }
    const asked = [await held(agent, { ...host(1), ...inRun }), await held(agent, { ...host(2), ...inRun })]
    const elsewhere = await held(agent, { ...host(3), run: { id: publicId('run', other.id) } })
    const { items, already } = await stop(run.id)
    expect(already).toBe(false)
    expect(items.map(({ rejected }) => rejected)).toEqual([true, true])
    for (const { actionId } of asked) {
      expect(await state(agent, actionId)).toBe('rejected')
      expect(await kinds(actionId)).toEqual(['action.decided', 'approval.rejected'])
    }
    expect(await state(agent, elsewhere.actionId)).toBe('held')
    expect((await propose(agent, { ...READ, ...inRun })).reason.code).toBe('halted')
    const { rows } = await pools.superuser.query<{ kind: string }>(
      `SELECT kind FROM ledger.entry WHERE run_id = $1 AND kind IN ('halt.engaged', 'approval.rejected') ORDER BY id`,
      [run.id],
    )
    expect(rows.map(({ kind }) => kind)).toEqual(['halt.engaged', 'approval.rejected', 'approval.rejected'])
  })

  it('leaves what this person may not answer, frozen, and says why; doing it again changes nothing else', async () => {
    const agent = await governed(pools.superuser)
    const run = await open(agent)
    const inRun = { run: { id: publicId('run', run.id) } }
    const mine = await held(agent, { ...host(4), ...inRun, on_behalf_of: { type: 'user', id: dana.email } })
    const theirs = await held(agent, { ...host(5), ...inRun })
    const first = await stop(run.id)
    expect(first.items).toHaveLength(2)
    expect(first.items.find(({ approval }) => approval === mine.answer.approval?.id)).toMatchObject({
      rejected: false,
      code: 'separation_of_duties',
      why: expect.stringContaining('on your behalf') as string,
    })
    expect(await state(agent, theirs.actionId)).toBe('rejected')
    expect(await state(agent, mine.actionId)).toBe('held')
    const again = await stop(run.id)
    expect(again).toMatchObject({ halt: first.halt, already: true, items: [{ rejected: false }] })
    const since = new Date(Date.now() - 60_000)
    expect(await rejectedInRun(db(), run.id, dana.id, since)).toMatchObject([
      { action: publicId('action', theirs.actionId) },
    ])
    expect((await openOfRun(db(), dana, run.id, new Date())).actions).toMatchObject([
      { status: 'held', barred: expect.stringContaining('on your behalf') as string },
    ])
  })

  it('says beforehand exactly how many it will reject: of all that waits, by everything that would refuse an answer', async () => {
    const agent = await governed(pools.superuser)
    const run = await open(agent)
    const inRun = { run: { id: publicId('run', run.id) } }
    const rule = async (n: number, change: object, ends = '1 hour') => {
      const { approvalId } = await held(agent, { ...host(n), ...inRun })
      await pools.superuser.query(
        `UPDATE approval SET rule = rule || $2::jsonb, opened_at = now() - interval '1 hour', expires_at = now() + $3::interval WHERE id = $1`,
        [approvalId, JSON.stringify(change), ends],
      )
    }
    await rule(20, {})
    await rule(21, { asked: [['ciso']] })
    // whom an escalation has seated since may
    await rule(22, { asked: [['ciso']], later: [{ after: 60_000, to: ['analyst'], seats: [0] }] })
    await rule(23, { passkey: 'both' })
    await rule(24, { passkey: 'approve' })
    await rule(25, {}, '-1 second')
    const { counts, actions } = await openOfRun(db(), dana, run.id, new Date())
    expect(counts).toMatchObject({ held: 6, barred: 3 })
    expect(actions.filter(({ barred }) => barred !== null).map(({ resource }) => resource)).toEqual([
      ...['fin-21', 'fin-23', 'fin-25'],
    ])
    const { items } = await stop(run.id)
    expect(items.filter(({ rejected }) => rejected)).toHaveLength(counts.held - counts.barred)
  })

  it('says of a run whose boundary was signed anew that nothing of it can be rejected, and rejects nothing', async () => {
    const agent = await governed(pools.superuser)
    const run = await open(agent)
    await held(agent, { ...host(30), run: { id: publicId('run', run.id) } })
    await sampleSigned(pools.superuser, agent, sampleBoundary())
    const { counts } = await openOfRun(db(), dana, run.id, new Date())
    expect(counts).toMatchObject({ held: 1, barred: 1 })
    expect((await stop(run.id)).items.map(({ rejected }) => rejected)).toEqual([false])
  })

  it('of two people at once, both have halted it, and each request is rejected once', async () => {
    const agent = await governed(pools.superuser)
    const run = await open(agent)
    const inRun = { run: { id: publicId('run', run.id) } }
    const asked = []
    for (let n = 10; n < 18; n++) asked.push(await held(agent, { ...host(n), ...inRun }))
    const bram = await testPerson(['analyst'])
    const [one, two] = await Promise.all([stop(run.id), stop(run.id, bram)])
    expect(one.halt).toBe(two.halt)
    expect([one.already, two.already].toSorted()).toEqual([false, true])
    const rejected = [...one.items, ...two.items].filter((item) => item.rejected)
    expect(rejected).toHaveLength(asked.length)
    expect(new Set(rejected.map(({ approval }) => approval)).size).toBe(asked.length)
  })
})
