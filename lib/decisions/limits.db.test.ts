import { describe, expect, it } from 'vitest'
import type { Boundary, Limits } from '@/lib/boundary/boundary'
import { newId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { publicId } from '@/lib/core/ids'
import { leaseRun } from '@/lib/runs/lease'
import { openRun } from '@/lib/runs/open'
import type { Proposal } from './contract'
import { Decider } from './decide'
import { governed, type Governed, sampleTool } from './governed-testing'
import { idOf } from './lifecycle-testing'
import { recordOutcome } from './outcome'
import { limitsUsed } from './read-limits'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const publicUrl = () => new URL('http://localhost:3000')
const deciders = [0, 1].map(() => new Decider({ connections: pools.app, publicUrl }))
const now = new Date()

await sampleTool(pools.superuser, 'shop.pay', 'write', true)
await pools.superuser.query(`UPDATE tool SET spends = true WHERE server = 'shop'`)
const pay = (amount: number): Proposal => ({ tool: 'shop.pay', arguments: { amount, currency: 'EUR' } })
const limited = (limits: Limits, over: Partial<Boundary> = {}): Promise<Governed> =>
  governed(pools.superuser, {
    autonomous: [{ tool: 'shop.pay', when: null, reason: null, override: 'small amounts' }],
    limits,
    ...over,
  })

async function decide(agent: Governed, proposal: Proposal, at = 0, key: string | null = null) {
  const decided = await deciders[at % 2]?.decide(agent.caller, proposal, key)
  if (decided === undefined || 'replay' in decided) throw new Error('not decided')
  return decided.answer
}
const counted = async (agent: Governed) => {
  const { rows } = await pools.superuser.query<{ window: string; used: number }>(
    'SELECT "window", used::int AS used FROM counter WHERE agent_id = $1 ORDER BY 1',
    [agent.agentId],
  )
  return Object.fromEntries(rows.map(({ window, used }) => [window, used]))
}

describe('money', () => {
  it('of 64 payments at once on two replicas, the limit is used up and never passed; whatever is held spends nothing', async () => {
    const agent = await limited({ spend_per_day: { amount: 100, currency: 'EUR' } })
    // sizes that do not divide the limit: one that does not fit must not take the place of one that does
    const amounts = Array.from({ length: 64 }, (_, i) => [9, 4, 1][i % 3] ?? 1)
    const answers = await Promise.all(amounts.map((amount, i) => decide(agent, pay(amount), i)))
    const spent = answers.reduce((sum, { decision }, i) => sum + (decision === 'allow' ? (amounts[i] ?? 0) : 0), 0)
    expect(spent).toBeLessThanOrEqual(100)
    expect(spent).toBeGreaterThan(91)
    expect(await counted(agent)).toEqual({ 'spend:EUR:day': spent * 10_000 })
    for (const { decision, reason } of answers)
      if (decision !== 'allow') expect(reason).toMatchObject({ code: 'limit_reached', rule: 'limits.spend_per_day' })
  })

  it('that was held leaves room for a smaller payment after it', async () => {
    const agent = await limited({ spend_per_day: { amount: 10, currency: 'EUR' } })
    expect((await decide(agent, pay(8))).decision).toBe('allow')
    expect((await decide(agent, pay(3))).decision).toBe('hold')
    expect((await decide(agent, pay(2))).decision).toBe('allow')
  })

  it('is counted once for one idempotency key', async () => {
    const agent = await limited({ spend_per_day: { amount: 10, currency: 'EUR' } })
    await decide(agent, pay(6), 0, 'order-1')
    await expect(deciders[1]?.decide(agent.caller, pay(6), 'order-1')).resolves.toHaveProperty('replay')
    expect(await counted(agent)).toEqual({ 'spend:EUR:day': 60_000 })
  })
})

describe('tokens', () => {
  const READ: Proposal = { tool: 'crm.get_order', arguments: { id: 'A-17' } }

  it('are counted where they are reported, each once, and the next call waits when they are used up', async () => {
    const agent = await limited({ tokens_per_day: 1_000 })
    const run = await transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 60 }, now))
    const report = (tokens: number) =>
      transaction((tx) => leaseRun(tx, agent.agentId, run.id, { seconds: 60, tokens_used: tokens }))
    await report(400)
    await report(400) // a retry
    await report(300) // a report that was overtaken
    expect(await counted(agent)).toEqual({ 'tokens:day': 400, 'tokens:hour': 400, 'tokens:minute': 400 })
    const first = await decide(agent, READ)
    expect(first.decision).toBe('allow')
    await transaction((tx) =>
      recordOutcome(
        tx,
        agent.agentId,
        idOf(first),
        { grant: first.grant?.token ?? '', status: 'succeeded', tokens_used: 600 },
        now,
      ),
    )
    expect(await decide(agent, READ)).toMatchObject({
      decision: 'hold',
      reason: { code: 'limit_reached', rule: 'limits.tokens_per_day' },
    })
  })
})

describe('what is used of each limit', () => {
  it('is told by the stricter of boundary and baseline', async () => {
    const agent = await limited({ calls_per_day: 10, spend_per_day: { amount: 50, currency: 'EUR' } })
    await decide(agent, pay(12.5))
    const documents = {
      boundary: { limits: { calls_per_day: 10, spend_per_day: { amount: 50, currency: 'EUR' } } },
      baseline: { limits: { calls_per_day: 5, run_length: 3_600_000 } },
    }
    expect(await limitsUsed(pools.app, agent.agentId, documents)).toEqual([
      { name: 'calls_per_day', what: 'calls a day', limit: '5', used: '1', share: 0.2, by: 'baseline' },
      { name: 'spend_per_day', what: 'money a day', limit: 'EUR 50', used: 'EUR 12.5', share: 0.25, by: 'boundary' },
      { name: 'run_length', what: 'length of a run', limit: '1 hour', used: null, share: null, by: 'baseline' },
    ])
  })
})

describe('runs', () => {
  it('are open at a time as many as the boundary says, also when they are asked for at once', async () => {
    const agent = await limited({ concurrent_runs: 2 })
    const open = () => transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 60 }, now))
    const all = await Promise.allSettled(Array.from({ length: 8 }, open))
    const opened = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(opened).toHaveLength(2)
    for (const each of all)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'too_many_requests' })
    await transaction((tx) => leaseRun(tx, agent.agentId, opened[0]?.id ?? '', { seconds: 0 }))
    await expect(open()).resolves.toMatchObject({ open: true })
  })

  it('that have gone on for longer than they may decide nothing more alone', async () => {
    const agent = await limited({ run_length: 3_600_000 })
    const id = newId()
    await pools.superuser.query(
      `INSERT INTO run (id, agent_id, opened_at, lease_until) VALUES ($1, $2, now() - interval '61 minutes', now() + interval '1 hour')`,
      [id, agent.agentId],
    )
    const answer = await decide(agent, { tool: 'crm.get_order', arguments: {}, run: { id: publicId('run', id) } })
    expect(answer).toMatchObject({ decision: 'hold', reason: { rule: 'limits.run_length' } })
  })
})
