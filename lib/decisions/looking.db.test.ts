import { beforeEach, describe, expect, it } from 'vitest'
import { look } from '@/lib/approvals/look'
import { LOOKING_LEASE, MOST_LOOKED_AT, TAKEN_LEASE, type LookingAct } from '@/lib/approvals/looking'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { testPerson, testSessions } from '@/lib/people/testing'
import { governed } from './governed-testing'
import { HOLD, lifecycle } from './lifecycle-testing'
import { readLooking } from './read-looking'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
testSessions()
const life = lifecycle(database)
const [dana, bram] = [await testPerson(['analyst'], 'Dana'), await testPerson(['analyst'], 'Bram')]
const agent = await governed(pools.superuser)
let order = 0
const held = async () =>
  (await life.held(agent, { ...HOLD, resource: { type: 'host', id: `host-${String(++order)}` } })).approvalId
const start = Date.now()
const after = (ms: number) => new Date(start + ms)

const say = (approvalId: string, actor: Actor, act: LookingAct, now = after(0)) =>
  transaction((tx) => look(tx, { approvalId, actor, act, now }))
const seen = async (approvalId: string, by: Actor, now = after(0)) =>
  (await readLooking(db(), by, now)).find(({ request }) => request === publicId('approval', approvalId))
const rows = async () => (await pools.superuser.query('SELECT 1 FROM looking')).rowCount ?? 0

const userOf = async (login: 'sequencer' | 'jobs') =>
  (await pools[login].query<{ user: string }>('SELECT current_user AS user')).rows[0]?.user

beforeEach(async () => {
  await pools.superuser.query('DELETE FROM looking')
})

describe('who looks at a request', () => {
  it('is seen by others, with since when, until the page is closed', async () => {
    const id = await held()
    await say(id, dana, 'look')
    await say(id, dana, 'look', after(15_000))
    expect(await seen(id, bram, after(15_000))).toMatchObject({
      taken: null,
      looking: [{ id: dana.id, name: 'Dana', since: after(0).toISOString() }],
    })
    await say(id, dana, 'leave', after(20_000))
    expect(await seen(id, bram, after(20_000))).toBeUndefined()
  })

  it('is over by itself when the page says nothing more, and then leaves no row', async () => {
    const [id, other] = [await held(), await held()]
    await say(id, dana, 'look')
    expect(await seen(id, bram, after(LOOKING_LEASE - 1))).toBeDefined()
    expect(await seen(id, bram, after(LOOKING_LEASE))).toBeUndefined()
    await say(other, bram, 'look', after(LOOKING_LEASE))
    expect(await rows()).toBe(1)
  })

  it('blocks nobody: two look, and the other one answers', async () => {
    const { answer, approvalId } = await life.held(agent)
    await say(approvalId, dana, 'take')
    await say(approvalId, bram, 'look')
    expect((await seen(approvalId, bram))?.looking.map(({ name }) => name).sort()).toEqual(['Bram', 'Dana'])
    expect((await life.verdict(approvalId, answer.digest, bram, 'approve')).status).toBe('approved')
    expect(await seen(approvalId, dana)).toBeUndefined()
    await say(approvalId, dana, 'look')
    expect(await seen(approvalId, dana)).toBeUndefined()
  })

  it('is in no ledger', async () => {
    const id = await held()
    const entries = async () => (await pools.superuser.query('SELECT 1 FROM ledger.entry')).rowCount
    const before = await entries()
    for (const act of ['look', 'take', 'release', 'leave'] as const) await say(id, dana, act)
    expect(await entries()).toBe(before)
  })
})

describe('taking a request', () => {
  it('outlives the page for its time, and is renewed by it', async () => {
    const id = await held()
    await say(id, dana, 'take')
    await say(id, dana, 'leave', after(1_000))
    expect(await seen(id, bram, after(LOOKING_LEASE))).toMatchObject({ taken: { name: 'Dana' }, looking: [] })
    await say(id, dana, 'look', after(60_000))
    expect(await seen(id, bram, after(60_000 + TAKEN_LEASE - 1))).toMatchObject({ taken: { id: dana.id } })
    expect(await seen(id, bram, after(60_000 + TAKEN_LEASE))).toBeUndefined()
  })

  it('can be taken over, and given back', async () => {
    const id = await held()
    await say(id, dana, 'take')
    await say(id, bram, 'take', after(1))
    expect((await seen(id, dana, after(2)))?.taken?.id).toBe(bram.id)
    await say(id, bram, 'release', after(3))
    expect((await seen(id, dana, after(4)))?.taken?.id).toBe(dana.id)
    await say(id, dana, 'release', after(5))
    expect(await seen(id, dana, after(6))).toMatchObject({ taken: null })
  })
})

describe('the table', () => {
  it('is one that Postgres writes to no log, and only the app writes to', async () => {
    const { rows } = await pools.superuser.query<{ kind: string; sequencer: boolean; jobs: boolean }>(
      `SELECT c.relpersistence AS kind, has_table_privilege($1, c.oid, 'INSERT, UPDATE, DELETE') AS sequencer,
              has_table_privilege($2, c.oid, 'INSERT, UPDATE, DELETE') AS jobs FROM pg_class c WHERE c.relname = 'looking'`,
      [await userOf('sequencer'), await userOf('jobs')],
    )
    expect(rows).toEqual([{ kind: 'u', sequencer: false, jobs: false }])
  })
})

describe('a client that means ill', () => {
  it('cannot say it where the seat rule keeps it out', async () => {
    const id = await held()
    for (const roles of [['auditor'], ['administrator'], []] as const)
      await expect(say(id, await testPerson(roles), 'take')).rejects.toMatchObject({ code: 'not_permitted' })
    expect(await rows()).toBe(0)
  })

  it('fills nothing: a person has a few rows, the newest', async () => {
    const ids = []
    for (let n = 0; n < MOST_LOOKED_AT + 5; n++) ids.push(await held())
    for (const [n, id] of ids.entries()) await say(id, dana, 'take', after(n))
    expect(await rows()).toBe(MOST_LOOKED_AT)
    expect(await seen(ids.at(-1) ?? '', bram)).toBeDefined()
    expect(await seen(ids[0] ?? '', bram)).toBeUndefined()
  })

  it('makes no noise by saying the same again', async () => {
    const id = await held()
    const told: string[] = []
    const listener = await pools.superuser.connect()
    try {
      listener.on('notification', ({ channel }) => told.push(channel))
      await listener.query('LISTEN looking')
      for (let n = 0; n < 20; n++) await say(id, dana, 'look', after(n))
      await say(id, dana, 'leave', after(21))
      await say(id, dana, 'leave', after(22))
      await listener.query('SELECT 1')
      expect(told).toEqual(['looking', 'looking'])
    } finally {
      listener.release(true)
    }
  })

  it('learns nothing of requests it may not see', async () => {
    const id = await held()
    await say(id, dana, 'look')
    expect(await readLooking(db(), await testPerson([]), after(0))).toEqual([])
  })
})
