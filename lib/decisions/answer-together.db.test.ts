import { beforeEach, describe, expect, it } from 'vitest'
import { newId, parsePublicId } from '@/lib/core/ids'
import { MOST_TOGETHER, togetherInput } from '@/lib/approvals/contract'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { answerTogether } from './answer-together'
import { governed, sampleBoundary, sampleTool, type Governed } from './governed-testing'
import { idOf, lifecycle } from './lifecycle-testing'
import { noteListed } from './note-shown'
import { readAlike, readInbox } from './read-inbox'
import { LEAST_READING_MS } from './reading-time'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { propose, state } = lifecycle(database)
const [analyst, colleague, auditor] = [
  await testPerson(['analyst']),
  await testPerson(['analyst']),
  await testPerson(['auditor']),
]
await sampleTool(pools.superuser, 'desk.tag', 'write', true)
await sampleTool(pools.superuser, 'desk.erase', 'write', false)
const now = () => new Date()

let agent: Governed
beforeEach(async () => {
  const asks = ['desk.tag', 'desk.erase'].map((tool) => ({ tool, when: null, reason: null }))
  agent = await governed(pools.superuser, sampleBoundary({ approval_required: asks }))
})
const ask = (n: number, tool = 'desk.tag', more = {}) =>
  propose(agent, { tool, arguments: { ticket: n, tag: 'x' }, ...more })
async function kindOf(actor = analyst) {
  const row = (await readInbox(db(), actor, now())).rows.find((one) => one.agent === agent.slug)
  if (row === undefined) throw new Error('nothing waits')
  return readAlike(db(), actor, row.alike.key, now())
}

describe('requests that are alike', () => {
  it('are one row of the inbox with a count, by the nearest deadline; another tool is another row', async () => {
    const first = await ask(1)
    for (const n of [2, 3]) await ask(n)
    await ask(4, 'desk.erase')
    const { rows, waiting } = await readInbox(db(), analyst, now())
    const mine = rows.filter((row) => row.agent === agent.slug)
    expect(mine.map(({ tool, alike }) => [tool, alike.count])).toEqual([
      ['desk.tag', 3],
      ['desk.erase', 1],
    ])
    expect(mine[0]?.id).toBe(first.approval?.id)
    expect(waiting.all).toBeGreaterThanOrEqual(4)
  })

  it('are ordered by what is at stake where that is asked for', async () => {
    await ask(1)
    await ask(2, 'desk.erase')
    const { rows } = await readInbox(db(), analyst, now(), { mine: false, order: 'risk', most: 200 })
    expect(rows.filter((row) => row.agent === agent.slug).map(({ stakes }) => stakes)).toEqual(['high', 'low'])
  })

  it('are counted as mine only where the person could answer', async () => {
    const before = (await readInbox(db(), auditor, now())).waiting
    await ask(1)
    const after = await readInbox(db(), auditor, now(), { mine: true, order: 'deadline', most: 200 })
    expect(after.waiting).toEqual({ all: before.all + 1, mine: 0, frozen: 0 })
    expect(after.rows).toEqual([])
    const asked = await ask(2, 'desk.tag', { on_behalf_of: { type: 'user', id: analyst.email } })
    const { rows } = await readInbox(db(), analyst, now(), { mine: true, order: 'deadline', most: 200 })
    expect(rows.map(({ id }) => id)).not.toContain(asked.approval?.id)
  })

  it('are nothing for who may see none of them', async () => {
    await ask(1)
    const { key } = await kindOf()
    expect((await readAlike(db(), await testPerson(), key, now())).rows).toEqual([])
    await expect(readAlike(db(), analyst, 'zz', now())).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('one of a kind', () => {
  const run = async () => {
    const id = newId(Date.now())
    await pools.superuser.query(
      `INSERT INTO run (id, agent_id, lease_until) VALUES ($1, $2, now() + interval '1 hour')`,
      [id, agent.agentId],
    )
    return { id, named: { run: { id: `run_${id.replaceAll('-', '')}` } } }
  }
  const rowsOf = async () =>
    (await readInbox(db(), analyst, now())).rows
      .filter((row) => row.agent === agent.slug)
      .map(({ id, alike, frozen, yours }) => ({ id, count: alike.count, frozen: frozen !== null, mine: yours.ok }))

  it('that a halt has frozen says nothing of the others, which stay to be answered, and is counted apart', async () => {
    const [halted, goes] = [await run(), await run()]
    const before = (await readInbox(db(), analyst, now())).waiting
    const first = await ask(1, 'desk.tag', halted.named)
    const second = await ask(2, 'desk.tag', goes.named)
    await ask(3, 'desk.tag', goes.named)
    await pools.superuser.query(
      `INSERT INTO halt (id, scope, target, epoch) VALUES (gen_random_uuid(), 'run', $1, 1)`,
      [halted.id],
    )
    expect(await rowsOf()).toEqual([
      { id: first.approval?.id, count: 1, frozen: true, mine: true },
      { id: second.approval?.id, count: 2, frozen: false, mine: true },
    ])
    // whatever is shown of it, all that is frozen is counted
    const { waiting } = await readInbox(db(), analyst, now(), { mine: false, order: 'deadline', most: 1 })
    expect(waiting).toEqual({ all: before.all + 3, mine: before.mine + 3, frozen: before.frozen + 1 })
  })

  it('that was asked for by whoever looks leaves them the others', async () => {
    const own = await ask(1, 'desk.tag', { on_behalf_of: { type: 'user', id: analyst.email } })
    const others = await ask(2)
    await ask(3)
    expect(await rowsOf()).toEqual([
      { id: own.approval?.id, count: 1, frozen: false, mine: false },
      { id: others.approval?.id, count: 2, frozen: false, mine: true },
    ])
  })
})

describe('one verdict on several', () => {
  it('answers each on the digest that was seen, and tells of each what became of it', async () => {
    const all = [await ask(1), await ask(2), await ask(3), await ask(4)]
    const kind = await kindOf()
    expect(kind.together).toEqual({ ok: true })
    const items = kind.rows.map(({ id, digest }) => ({ id, digest }))
    const wrong = { id: items[1]!.id, digest: items[0]!.digest }
    await answerTogether(db(), {
      actor: colleague,
      alike: kind.key,
      answer: 'reject',
      reason: 'no',
      items: [items[2]!],
      now: now(),
    })
    const { results } = await answerTogether(db(), {
      actor: analyst,
      alike: kind.key,
      answer: 'approve',
      reason: 'checked each',
      items: [items[0]!, wrong, items[2]!],
      now: now(),
    })
    expect(results).toEqual([
      { id: items[0]!.id, ok: true, status: 'approved' },
      { id: items[1]!.id, ok: false, code: 'digest_mismatch', detail: expect.any(String) as string },
      { id: items[2]!.id, ok: false, code: 'wrong_state', detail: expect.any(String) as string },
    ])
    const states = await Promise.all(all.map((one) => state(agent, idOf(one))))
    expect(states).toEqual(['approved', 'held', 'rejected', 'held'])
  })

  it('takes all that its page lists, and the page counts those it has no place for', async () => {
    await ask(1)
    await ask(2)
    const { rows } = await pools.superuser.query<{ id: string }>(
      `INSERT INTO approval (id, kind, subject_id, digest, agent_id, seats, stakes, alike, rule, expires_at)
       SELECT gen_random_uuid(), p.kind, p.subject_id, p.digest, p.agent_id, 1, p.stakes, p.alike, p.rule, now() + interval '2 days'
         FROM approval p, generate_series(1, 200) WHERE p.id = (SELECT p.id FROM approval p WHERE p.agent_id = $1 AND p.status = 'pending' LIMIT 1) RETURNING id`,
      [agent.agentId],
    )
    const kind = await kindOf()
    expect({ listed: kind.rows.length, count: kind.count }).toEqual({ listed: MOST_TOGETHER, count: rows.length + 2 })
    const input = { alike: kind.key, answer: 'approve', reason: 'checked each' }
    const item = kind.rows.map(({ id, digest }) => `${id}~${digest}`)
    expect(togetherInput.parse({ ...input, item }).item).toHaveLength(MOST_TOGETHER)
    expect(togetherInput.safeParse({ ...input, item: [...item, ...item] }).success).toBe(false)
    const items = kind.rows.slice(-3).map(({ id, digest }) => ({ id, digest }))
    const given = { actor: auditor, alike: kind.key, answer: 'approve' as const, reason: 'x', items, now: now() }
    // the last of them are looked at, too: none is said to be of another kind
    const { results } = await answerTogether(db(), given)
    expect(results.map((one) => !one.ok && one.code)).toEqual(items.map(() => 'not_permitted'))
  }, 120_000)

  it('is timed against what the list shows of each, as an answer on its own page is', async () => {
    await ask(1)
    await ask(2, 'desk.tag', { on_behalf_of: { type: 'user', id: colleague.email } })
    const kind = await kindOf()
    for (const person of [analyst, colleague, auditor])
      await noteListed(db(), person, await readAlike(db(), person, kind.key, now()))
    const items = kind.rows.map(({ id, digest }) => ({ id, digest }))
    await answerTogether(db(), { actor: analyst, alike: kind.key, answer: 'approve', reason: 'x', items, now: now() })
    const ids = items.map(({ id }) => parsePublicId('approval', id))
    const { rows: timed } = await pools.superuser.query<{ person_id: string; was_shown: boolean; needs_ms: number }>(
      'SELECT person_id, was_shown, needs_ms FROM attention_answered WHERE approval_id = ANY ($1::uuid[])',
      [ids],
    )
    expect(timed).toEqual(ids.map(() => ({ person_id: analyst.id, was_shown: true, needs_ms: LEAST_READING_MS })))
    // nothing is noted for who may not answer it
    const { rows: shown } = await pools.superuser.query<{ person_id: string }>(
      'SELECT person_id FROM shown WHERE approval_id = ANY ($1::uuid[])',
      [ids],
    )
    const people = shown.map((row) => row.person_id)
    expect(people.toSorted()).toEqual([analyst.id, analyst.id, colleague.id].toSorted())
  })

  it('is timed only on their own pages where these take a look each', async () => {
    await ask(1, 'desk.erase')
    await ask(2, 'desk.erase')
    const kind = await kindOf()
    await noteListed(db(), analyst, kind)
    const ids = kind.rows.map(({ id }) => parsePublicId('approval', id))
    expect(
      (await pools.superuser.query('SELECT FROM shown WHERE approval_id = ANY ($1::uuid[])', [ids])).rowCount,
    ).toBe(0)
  })

  it('is refused whole where these take a look each, and answers nothing', async () => {
    const all = [await ask(1, 'desk.erase'), await ask(2, 'desk.erase')]
    const kind = await kindOf()
    const items = kind.rows.map(({ id, digest }) => ({ id, digest }))
    await expect(
      answerTogether(db(), { actor: analyst, alike: kind.key, answer: 'approve', reason: 'x', items, now: now() }),
    ).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(
      answerTogether(db(), { actor: analyst, alike: kind.key, answer: 'approve', reason: 'x', items: [], now: now() }),
    ).rejects.toMatchObject({ code: 'invalid_request', field: 'item' })
    expect(await Promise.all(all.map((one) => state(agent, idOf(one))))).toEqual(['held', 'held'])
  })

  it('never answers one of another kind, nor for who may not', async () => {
    await ask(1)
    await ask(2)
    const kind = await kindOf()
    const other = await ask(3, 'desk.erase')
    const items = [{ id: other.approval!.id, digest: other.digest }]
    const mixed = await answerTogether(db(), {
      actor: analyst,
      alike: kind.key,
      answer: 'approve',
      reason: 'x',
      items,
      now: now(),
    })
    expect(mixed.results[0]).toMatchObject({ ok: false, code: 'wrong_state' })
    const by = { actor: auditor, alike: kind.key, answer: 'approve' as const, reason: 'x', now: now() }
    const refused = await answerTogether(db(), { ...by, items: kind.rows.map(({ id, digest }) => ({ id, digest })) })
    expect(refused.results.map((one) => !one.ok && one.code)).toEqual(['not_permitted', 'not_permitted'])
  })
})

it('ten thousand that wait are one list of their kinds, counted whole, no more opened than are shown', async () => {
  await ask(1)
  await pools.superuser.query(
    `INSERT INTO approval (id, kind, subject_id, digest, agent_id, seats, stakes, alike, rule, expires_at)
     SELECT gen_random_uuid(), p.kind, p.subject_id, p.digest, p.agent_id, 1, i % 4, decode(md5((i % 400)::text), 'hex'), p.rule, now() + i * interval '1 second' + interval '1 hour'
       FROM approval p, generate_series(1, 10000) i WHERE p.id = (SELECT p.id FROM approval p WHERE p.agent_id = $1 AND p.status = 'pending' LIMIT 1)`,
    [agent.agentId],
  )
  const view = await readInbox(db(), analyst, now(), { mine: false, order: 'risk', most: 50 })
  expect(view.rows).toHaveLength(50)
  expect(view.kinds).toBeGreaterThanOrEqual(400)
  expect(view.waiting.all).toBeGreaterThan(10_000)
  expect(view.rows.every(({ stakes }) => stakes === 'critical')).toBe(true)
})
