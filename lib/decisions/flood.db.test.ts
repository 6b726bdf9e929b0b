import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import type { Proposal } from './contract'
import { Decider, type Decided } from './decide'
import { governed, type Governed } from './governed-testing'
import { HOLD, idOf, lifecycle } from './lifecycle-testing'
import { testPerson } from '@/lib/people/testing'
import { claimGrant } from './claim'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, verdict } = lifecycle(database)
const publicUrl = () => new URL('http://localhost:3000')
const replicas = [0, 1].map(() => new pg.Pool({ connectionString: database.urls.app, max: 8 }))
afterAll(() => Promise.all(replicas.map((each) => each.end())))
const deciders = replicas.map((connections) => new Decider({ connections, publicUrl }))
const analyst = await testPerson(['analyst'])

const decide = (agent: Governed, proposal: Proposal, key: string | null = null, replica = 0) =>
  deciders[replica]!.decide(agent.caller, proposal, key)
const idIn = (decided: Decided) =>
  'answer' in decided ? idOf(decided.answer) : 'same' in decided ? decided.same.actionId : decided.replay.actionId
const other = (i: number): Proposal => ({ ...HOLD, arguments: { host: `host-${String(i)}` } })

async function waiting(agent: Governed): Promise<number> {
  const { rows } = await pools.superuser.query<{ n: string }>(
    `SELECT count(*) AS n FROM approval WHERE agent_id = $1 AND status = 'pending'`,
    [agent.agentId],
  )
  return Number(rows[0]?.n)
}

async function runOf(agent: Governed): Promise<string> {
  const id = newId(Date.now())
  await pools.superuser.query(
    `INSERT INTO run (id, agent_id, lease_until) VALUES ($1, $2, now() + interval '1 hour')`,
    [id, agent.agentId],
  )
  return `run_${id.replaceAll('-', '')}`
}

describe('the same, asked for again', () => {
  it('a hundred at once on two replicas, with keys and without, are one request', async () => {
    const agent = await governed(pools.superuser)
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, i) => decide(agent, HOLD, i % 3 === 0 ? `key-${String(i)}` : null, i % 2)),
    )
    expect(new Set(all.map(idIn)).size).toBe(1)
    expect(await waiting(agent)).toBe(1)
    // a key that found it goes on finding it
    expect(idIn(await decide(agent, HOLD, 'key-3'))).toBe(idIn(all[0]!))
  })

  it('finds the request while it waits and once it was approved, until its grant was given; then it is asked anew', async () => {
    const agent = await governed(pools.superuser)
    const first = await decide(agent, HOLD)
    if (!('answer' in first) || first.answer.approval === null) throw new Error('not held')
    const approvalId = (
      await pools.superuser.query<{ id: string }>('SELECT approval_id AS id FROM action WHERE id = $1', [idIn(first)])
    ).rows[0]!.id
    expect(idIn(await decide(agent, HOLD))).toBe(idIn(first))
    await verdict(approvalId, first.answer.digest, analyst, 'approve')
    expect(idIn(await decide(agent, HOLD))).toBe(idIn(first))
    await claimGrant(context, agent.caller, idIn(first))
    const next = await decide(agent, HOLD)
    expect('answer' in next && next.answer.status).toBe('held')
    expect(idIn(next)).not.toBe(idIn(first))
  })

  it.each<[string, (agent: Governed) => Promise<Proposal>]>([
    ['other arguments', () => Promise.resolve(other(1))],
    ['another resource', () => Promise.resolve({ ...HOLD, resource: { type: 'host', id: 'other' } })],
    ['another requester', () => Promise.resolve({ ...HOLD, on_behalf_of: { type: 'user', id: 'dana@example.com' } })],
    ['content nobody vouches for', () => Promise.resolve({ ...HOLD, untrusted_sources: ['mail:1'] })],
    ['another run', async (agent) => ({ ...HOLD, run: { id: await runOf(agent) } })],
  ])('is not the same with %s', async (_, make) => {
    const agent = await governed(pools.superuser)
    const first = await decide(agent, HOLD)
    const second = await decide(agent, await make(agent))
    expect(idIn(second)).not.toBe(idIn(first))
    expect(await waiting(agent)).toBe(2)
  })

  it('is asked anew when its time was over, and never of another agent', async () => {
    const [agent, neighbour] = [await governed(pools.superuser), await governed(pools.superuser)]
    const first = await decide(agent, HOLD)
    expect(idIn(await decide(neighbour, HOLD))).not.toBe(idIn(first))
    await pools.superuser.query(`UPDATE approval SET expires_at = now() - interval '1 second' WHERE subject_id = $1`, [
      idIn(first),
    ])
    expect(idIn(await decide(agent, HOLD))).not.toBe(idIn(first))
  })
})

describe('a flood', () => {
  it('of one agent ends at its share of the inbox, exactly, from two replicas at once; what waits is still found', async () => {
    const [agent, neighbour] = [await governed(pools.superuser), await governed(pools.superuser)]
    await pools.superuser.query(`INSERT INTO organisation (id, name) VALUES (1, 'x') ON CONFLICT DO NOTHING`)
    await pools.superuser.query('UPDATE organisation SET inbox_per_agent = 20, inbox_most = 10000')
    const all = await Promise.all(Array.from({ length: 60 }, (_, i) => decide(agent, other(i), null, i % 2)))
    const answers = all.flatMap((one) => ('answer' in one ? [one.answer] : []))
    expect(answers.filter(({ status }) => status === 'held')).toHaveLength(20)
    const refused = answers.filter(({ decision }) => decision === 'forbid')
    expect(refused).toHaveLength(40)
    expect(refused[0]?.reason).toMatchObject({ code: 'inbox_full', rule: 'inbox.agent' })
    expect(await waiting(agent)).toBe(20)
    const held = answers.findIndex(({ status }) => status === 'held')
    expect(idIn(await decide(agent, other(held)))).toBe(idOf(answers[held]!))
    expect('answer' in (await decide(neighbour, HOLD))).toBe(true)
    expect(await waiting(neighbour)).toBe(1)
  })

  it('of many agents ends where the inbox is full', async () => {
    const { rows } = await pools.superuser.query<{ n: string }>(
      `SELECT count(*) AS n FROM approval WHERE status = 'pending' AND expires_at > now()`,
    )
    const now = Number(rows[0]?.n)
    await pools.superuser.query('UPDATE organisation SET inbox_per_agent = 20, inbox_most = $1', [now + 1])
    const agents = [await governed(pools.superuser), await governed(pools.superuser)]
    const first = await decide(agents[0]!, HOLD)
    const second = await decide(agents[1]!, HOLD)
    expect('answer' in first && first.answer.status).toBe('held')
    expect('answer' in second && second.answer.reason).toMatchObject({ code: 'inbox_full', rule: 'inbox.all' })
    await pools.superuser.query('UPDATE organisation SET inbox_per_agent = 100, inbox_most = 10000')
  })
})

it('each request keeps what is at stake and what it is like', async () => {
  const agent = await governed(pools.superuser)
  const ids = [idIn(await decide(agent, other(1))), idIn(await decide(agent, other(2)))]
  const { rows } = await pools.superuser.query<{ stakes: number; alike: Buffer; rule: object }>(
    'SELECT stakes, alike, rule FROM approval WHERE subject_id = ANY ($1::uuid[])',
    [ids],
  )
  expect(rows).toHaveLength(2)
  expect(rows[0]?.alike).toHaveLength(16)
  expect(rows[0]?.alike).toEqual(rows[1]?.alike)
  expect(rows[0]?.rule).not.toHaveProperty('alike')
  const { rows: others } = await pools.superuser.query<{ alike: Buffer }>(
    'SELECT alike FROM approval WHERE agent_id <> $1',
    [agent.agentId],
  )
  expect(others.every(({ alike }) => !alike.equals(rows[0]!.alike))).toBe(true)
})
