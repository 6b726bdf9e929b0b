import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleAgent, type Sample } from '@/lib/agents/testing'
import { answererOf } from '@/lib/approvals/read'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { openRun } from '@/lib/runs/open'
import { acknowledge, acknowledgeOrRecord } from './acknowledge'
import { engage } from './engage'
import { presentFor } from './present'
import { haltsFor } from './read'
import { readHaltHistory } from './read-history'
import { readHaltInForce } from './read-in-force'
import { refusedWords } from './read-stops'
import { stopLift } from './stop-lift'
import { letGo } from './testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const people = [await testPerson(['analyst'], 'Dana'), await testPerson(['ciso'], 'Bram')] as const
const [dana, bram] = people

let agent: Sample
let other: Sample
let halt = ''
beforeEach(async () => {
  agent = await sampleAgent(pools.superuser)
  other = await sampleAgent(pools.superuser)
  halt = (await engage({ scope: 'organisation', reason: '', by: dana.id, now: new Date() })).id
})
afterEach(async () => {
  await pools.superuser.query(`UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL`)
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
  await pools.superuser.query(`UPDATE agent SET state = 'retired'`)
})

const open = async () => (await transaction((tx) => openRun(tx, agent.agentId, { renews: true }, new Date()))).id
const say = (from: Sample, runs: string[] = [], requestedAt?: Date) =>
  acknowledgeOrRecord({
    ...{ agentId: from.agentId, haltId: halt, runs: runs.map((run) => publicId('run', run)) },
    ...(requestedAt && { requestedAt }),
  })
const release = () => letGo(halt, agent.slug, people)
const takeBack = () => stopLift({ haltId: halt, actor: bram, reason: 'odd again', now: new Date() })
const under = async (which: Sample, now = new Date()) =>
  (await readHaltInForce(db(), halt, answererOf(dana), now))?.agents.find(({ agentId }) => agentId === which.agentId)
const asked = async (which = agent) => new Date((await haltsFor(pools.app, which.agentId))[0]?.requested_at ?? 0)
const later = () => new Date(Date.now() + 60_000)

describe('who was let go and is halted again', () => {
  it.each([
    ['by stopping the lift', takeBack],
    ['by engaging it anew', () => engage({ scope: 'organisation', reason: '', by: bram.id, now: new Date() })],
    ['by breaking the glass', () => pools.owner.query(`SELECT halt_everything('odd again')`)],
  ])('%s has to say again that it stopped; whoever was not let go has not', async (_, again) => {
    await say(agent)
    await say(other)
    await release()
    const before = Date.now()
    await again()
    const standing = await under(agent)
    expect(standing).toMatchObject({ state: 'requested', acknowledgedAt: null })
    expect(standing?.requestedAt.getTime()).toBeGreaterThanOrEqual(before - 5)
    expect(await under(agent, later())).toMatchObject({ state: 'unconfirmed' })
    expect(await under(other, later())).toMatchObject({ state: 'confirmed' })
    const past = async () => (await readHaltHistory(db(), {})).rows.find(({ haltId }) => haltId === halt)
    expect(await past()).toMatchObject({ confirmed: 1 })
    await say(agent, [], await asked())
    expect(await under(agent, later())).toMatchObject({ state: 'confirmed' })
    expect(await past()).toMatchObject({ confirmed: 2 })
  })

  it('has to stop again each time', async () => {
    for (let n = 0; n < 3; n++) {
      await say(agent, [], await asked())
      expect(await under(agent, later())).toMatchObject({ state: 'confirmed' })
      await release()
      await takeBack()
      expect(await under(agent, later())).toMatchObject({ state: 'unconfirmed' })
    }
  })

  it('is not believed a word about the stop before, not even one that was under way', async () => {
    const first = await asked()
    await release()
    let late: Promise<unknown> = Promise.resolve()
    await transaction(async (tx) => {
      await acknowledge(tx, agent.agentId, halt, [])
      late = takeBack()
      await late
    })
    expect(await under(agent, later())).toMatchObject({ state: 'unconfirmed', acknowledgedAt: null })
    await expect(say(agent, [], first)).rejects.toMatchObject({ code: 'wrong_state', field: 'requested_at' })
    expect(await under(agent, later())).toMatchObject({ state: 'unconfirmed' })
    await say(agent, [], await asked())
    expect(await under(agent, later())).toMatchObject({ state: 'confirmed' })
  })

  it('is not believed a word that names no stop: it may be of the one before', async () => {
    const run = await open()
    await release()
    await takeBack()
    for (const runs of [[], [run]])
      await expect(say(agent, runs)).rejects.toMatchObject({ code: 'wrong_state', field: 'requested_at' })
    expect(await under(agent, later())).toMatchObject({
      ...{ state: 'unconfirmed', acknowledgedAt: null },
      runs: [{ run: publicId('run', run), state: 'unconfirmed' }],
    })
  })

  it('says so of each run that was alive then, and of none that had stopped long before', async () => {
    const long = await open()
    await pools.superuser.query(`UPDATE run SET lease_until = now() + interval '2 s' WHERE id = $1`, [long])
    await say(agent, [long])
    await pools.superuser.query(`UPDATE run SET lease_until = clock_timestamp() WHERE id = $1`, [long])
    await release()
    const run = await open()
    await takeBack()
    await say(agent, [], await asked())
    expect(await under(agent, later())).toMatchObject({
      state: 'unconfirmed',
      runs: [{ run: publicId('run', run), state: 'unconfirmed' }],
    })
    await say(agent, [run], await asked())
    expect(await under(agent, later())).toMatchObject({ state: 'confirmed', runs: [{ state: 'confirmed' }] })
  })

  it('is told of it also where it was away meanwhile and the halt was lifted since', async () => {
    const [{ epoch: seen = 0n } = {}] = await presentFor(pools.app, [{ agentId: agent.agentId, after: null }])
    await release()
    await takeBack()
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE id = $1', [halt])
    const missed = async (which: Sample) =>
      (await presentFor(pools.app, [{ agentId: which.agentId, after: seen }]))[0]?.missed.map(({ halt }) => halt.id)
    expect(await missed(agent)).toEqual([publicId('halt', halt)])
    expect(await missed(other)).toEqual([])
  })
})

it('a word of whom a stage let go since is taken, and is no refusal', async () => {
  await release()
  await say(agent)
  expect(await refusedWords(db(), halt)).toEqual([])
})

it('the app counts no stop again and takes no word back', async () => {
  for (const statement of [
    `INSERT INTO halt_again (halt_id, agent_id, stop, epoch) SELECT h.id, a.id, 1, 1 FROM halt h, agent a`,
    'UPDATE halt_again SET stop = 7',
    'DELETE FROM halt_again',
    'UPDATE halt_acknowledgement SET at = now()',
    'UPDATE halt_acknowledgement SET stop = 1',
    'DELETE FROM halt_acknowledgement',
  ])
    await expect(pools.app.query(statement)).rejects.toMatchObject({ code: '42501' })
})
