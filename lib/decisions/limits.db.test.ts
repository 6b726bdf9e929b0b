import pg from 'pg'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Boundary, Limits } from '@/lib/boundary/boundary'
import { clearOfTheTurn } from '@/lib/core/clock-testing'
import { newId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { publicId } from '@/lib/core/ids'
import { conclude } from '@/lib/runs/conclude'
import { testPerson } from '@/lib/people/testing'
import { leaseRun } from '@/lib/runs/lease'
import { openRun } from '@/lib/runs/open'
import { noteRefusedRun } from '@/lib/runs/refuse'
import type { Proposal } from './contract'
import { Decider } from './decide'
import { governed, type Governed, sampleTool } from './governed-testing'
import { idOf, lifecycle } from './lifecycle-testing'
import { claimGrant } from './claim'
import { recordOutcome } from './outcome'
import { limitsUsed } from './read-limits'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, verdict, publicUrl } = lifecycle(database)
// two replicas: each its own pool, its own memory
const replicas = [0, 1].map(() => new pg.Pool({ connectionString: database.urls.app, max: 8 }))
afterAll(() => Promise.all(replicas.map((each) => each.end())))
const deciders = replicas.map((connections) => new Decider({ connections, publicUrl }))

await sampleTool(pools.superuser, 'shop.pay', 'write', true)
await pools.superuser.query(`UPDATE tool SET spends = true WHERE server = 'shop'`)
let payments = 0
/** each its own: what is asked for twice while it waits is one request */
const pay = (amount: number): Proposal => ({
  tool: 'shop.pay',
  arguments: { amount, currency: 'EUR', invoice: (payments += 1) },
})
const limited = (limits: Limits, over: Partial<Boundary> = {}): Promise<Governed> =>
  governed(pools.superuser, {
    autonomous: [{ tool: 'shop.pay', when: null, reason: null, override: 'small amounts' }],
    limits,
    ...over,
  })

const READ: Proposal = { tool: 'crm.get_order', arguments: { id: 'A-17' } }

async function decide(agent: Governed, proposal: Proposal, at = 0, key: string | null = null) {
  const decided = await deciders[at % 2]?.decide(agent.caller, proposal, key)
  if (decided === undefined || !('answer' in decided)) throw new Error('not decided')
  return decided.answer
}
const counted = async (agent: Governed) => {
  const { rows } = await pools.superuser.query<{ window: string; used: number }>(
    'SELECT "window", used::int AS used FROM counter WHERE agent_id = $1 ORDER BY 1',
    [agent.agentId],
  )
  return Object.fromEntries(rows.map(({ window, used }) => [window, used]))
}

beforeEach(() => clearOfTheTurn('minute'))

describe('calls', () => {
  it('of 64 at once on two replicas, each asked for twice under its key, exactly as many as the limit are allowed', async () => {
    const agent = await limited({ calls_per_day: 10, calls_per_hour: 12 })
    const keys = Array.from({ length: 64 }, (_, i) => `order-${i % 32}`)
    const all = await Promise.all(
      keys.map(async (key, i) => deciders[i % 2]?.decide(agent.caller, { ...READ, arguments: { key } }, key)),
    )
    const decisions = all.flatMap((each) => (each && 'answer' in each ? [each.answer.decision] : []))
    expect(decisions).toHaveLength(32)
    expect(decisions.filter((decision) => decision === 'allow')).toHaveLength(10)
    expect(await counted(agent)).toEqual({ day: 10, hour: 10 })
  })
})

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

  it('a person approved is counted once, when its grant is first given, and what only waits is not', async () => {
    const agent = await limited({ spend_per_day: { amount: 10, currency: 'EUR' } })
    const { answer, actionId, approvalId } = await held(agent, pay(40))
    expect(await counted(agent)).toEqual({})
    await verdict(approvalId, answer.digest, await testPerson(['analyst']), 'approve')
    expect(await counted(agent)).toEqual({})
    for (let claim = 0; claim < 3; claim++)
      await expect(claimGrant(context, agent.caller, actionId)).resolves.toMatchObject({ decision: 'hold' })
    expect(await counted(agent)).toEqual({ 'spend:EUR:day': 400_000 })
    expect(await decide(agent, pay(1))).toMatchObject({
      decision: 'hold',
      reason: { text: expect.stringContaining('Of EUR 10, EUR 40 is spent, and this is EUR 1.') as string },
    })
  })

  const both = { spend_per_day: { amount: 10, currency: 'EUR' } } as const
  const asked = () =>
    limited(both, { approval_required: [{ tool: 'shop.pay', when: 'args.amount > 4.0', reason: null }] })
  const approved = async (agent: Governed, amount: number) => {
    const { answer, actionId, approvalId } = await held(agent, pay(amount))
    await verdict(approvalId, answer.digest, await testPerson(['analyst']), 'approve')
    return actionId
  }

  it('of two, each approved as one that fits, is never more than the limit: the second takes a fresh look', async () => {
    const agent = await asked()
    const [first, second] = [await approved(agent, 6), await approved(agent, 7)]
    expect(await claimGrant(context, agent.caller, first)).toMatchObject({ grant: expect.anything() as object })
    expect(await claimGrant(context, agent.caller, second)).toMatchObject({
      status: 'superseded',
      grant: null,
      reason: { code: 'limit_reached', text: expect.stringContaining('EUR 6 is spent, and this is EUR 7.') as string },
    })
    // the grant that was given is given again
    expect(await claimGrant(context, agent.caller, first)).toMatchObject({ grant: expect.anything() as object })
    expect(await counted(agent)).toEqual({ 'spend:EUR:day': 60_000 })
  })

  it('claimed by sixteen at once on two replicas, each approved as one that fits, is never more than the limit', async () => {
    const agent = await asked()
    const all = await Promise.all(Array.from({ length: 16 }, () => approved(agent, 5)))
    const given = await Promise.all(
      all.map((id, i) =>
        claimGrant({ ...context, decider: deciders[i % 2] ?? context.decider }, agent.caller, id).then(
          ({ grant }) => grant !== null,
        ),
      ),
    )
    expect(given.filter(Boolean)).toHaveLength(2)
    expect(await counted(agent)).toEqual({ 'spend:EUR:day': 100_000 })
  })

  it('that was held leaves room for a smaller payment after it', async () => {
    const agent = await limited({ spend_per_day: { amount: 10, currency: 'EUR' } })
    expect((await decide(agent, pay(8))).decision).toBe('allow')
    expect((await decide(agent, pay(3))).decision).toBe('hold')
    expect((await decide(agent, pay(2))).decision).toBe('allow')
  })

  it('that a person is asked about anyway says that it would pass the limit, and takes nothing of it', async () => {
    const agent = await limited(
      { spend_per_day: { amount: 10, currency: 'EUR' }, calls_per_day: 100 },
      { approval_required: [{ tool: 'shop.pay', when: 'args.amount > 4.0', reason: null }] },
    )
    const codes = async (amount: number, at = 0) =>
      (await decide(agent, pay(amount), at)).reasons.map(({ code }) => String(code))
    await decide(agent, pay(4))
    expect(await codes(6)).not.toContain('limit_reached')
    expect(await codes(7)).toContain('limit_reached')
    // beside allowed ones in the same call it takes nothing either
    const all = await Promise.all([5, 1, 5, 1, 5, 1, 5, 1, 5, 1, 5, 1, 5, 1, 5, 1].map((amount, i) => codes(amount, i)))
    expect(all.filter((each) => each.includes('autonomous'))).toHaveLength(6)
    expect(await counted(agent)).toEqual({ day: 7, 'spend:EUR:day': 100_000 })
  })

  it('is counted once for one idempotency key', async () => {
    const agent = await limited({ spend_per_day: { amount: 10, currency: 'EUR' } })
    const six = pay(6)
    await decide(agent, six, 0, 'order-1')
    await expect(deciders[1]?.decide(agent.caller, six, 'order-1')).resolves.toHaveProperty('replay')
    expect(await counted(agent)).toEqual({ 'spend:EUR:day': 60_000 })
  })
})

describe('tokens', () => {
  it('are counted where they are reported, each once, and the next call waits when they are used up', async () => {
    const agent = await limited({ tokens_per_day: 1_000 })
    const run = await transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 60 }, new Date()))
    const report = (tokens: number) =>
      transaction((tx) => leaseRun(tx, agent.agentId, run.id, { seconds: 60, tokens_used: tokens }, new Date()))
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
        new Date(),
      ),
    )
    expect(await decide(agent, READ)).toMatchObject({
      decision: 'hold',
      reason: { code: 'limit_reached', rule: 'limits.tokens_per_day' },
    })
  })
})

describe('tokens of a run and of its actions', () => {
  const run = async (agent: Governed) =>
    (await transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 60 }, new Date()))).id
  const acted = async (agent: Governed, runId: string, tokens: number) => {
    const answer = await decide(agent, { ...READ, run: { id: publicId('run', runId) } })
    const report = () =>
      transaction((tx) =>
        recordOutcome(
          tx,
          agent.agentId,
          idOf(answer),
          { grant: answer.grant?.token ?? '', status: 'succeeded', tokens_used: tokens },
          new Date(),
        ),
      )
    await report()
    return { report, actionId: idOf(answer) }
  }
  const used = async (agent: Governed) => (await counted(agent))['tokens:day']

  it.each(['the actions first', 'the run first'])('are counted once when both report them, %s', async (order) => {
    const agent = await limited({ tokens_per_day: 1_000_000 })
    const runId = await run(agent)
    const total = (tokens: number) =>
      transaction((tx) => leaseRun(tx, agent.agentId, runId, { seconds: 60, tokens_used: tokens }, new Date()))
    if (order === 'the run first') await total(900)
    await acted(agent, runId, 300)
    await acted(agent, runId, 400)
    if (order === 'the actions first') await total(900)
    expect(await used(agent)).toBe(900)
    await transaction((tx) =>
      conclude(tx, agent.agentId, runId, { conclusion: 'benign', tokens_used: 1_000 }, new Date()),
    )
    expect(await used(agent)).toBe(1_000)
  })

  it('an outcome that comes late is counted, and once', async () => {
    const agent = await limited({ tokens_per_day: 1_000_000 })
    const answer = await decide(agent, READ)
    await pools.superuser.query(`UPDATE action SET status = 'expired' WHERE id = $1`, [idOf(answer)])
    const outcome = { grant: answer.grant?.token ?? '', status: 'succeeded' as const, tokens_used: 70 }
    for (let report = 0; report < 3; report++)
      await transaction((tx) => recordOutcome(tx, agent.agentId, idOf(answer), outcome, new Date()))
    expect(await used(agent)).toBe(70)
  })

  it('reports and decisions that taint at once never wait for each other in a circle', async () => {
    const agent = await limited({ tokens_per_day: 1_000_000, calls_per_day: 1_000 })
    const runId = await run(agent)
    const id = publicId('run', runId)
    await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        i % 2
          ? transaction((tx) => leaseRun(tx, agent.agentId, runId, { seconds: 60, tokens_used: i * 10 }, new Date()))
          : decide(agent, { ...READ, run: { id }, ...(i % 4 === 0 && { untrusted_sources: ['mail:1'] }) }, i / 2),
      ),
    )
    expect(await used(agent)).toBe(630)
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
    const open = () => transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 60 }, new Date()))
    const all = await Promise.allSettled(Array.from({ length: 8 }, open))
    const opened = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(opened).toHaveLength(2)
    for (const each of all) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'too_many_runs' })
    await transaction((tx) => leaseRun(tx, agent.agentId, opened[0]?.id ?? '', { seconds: 0 }, new Date()))
    await expect(open()).resolves.toMatchObject({ open: true })
  })

  it('that are refused are counted, and the first of an hour is an entry', async () => {
    const agent = await limited({ concurrent_runs: 1 })
    await Promise.all(Array.from({ length: 5 }, () => transaction((tx) => noteRefusedRun(tx, agent.agentId))))
    expect(await counted(agent)).toEqual({ 'refused_runs:hour': 5 })
    const { rows } = await pools.superuser.query(
      `SELECT kind, reason_code AS reason FROM ledger.entry WHERE agent_id = $1 AND kind = 'run.refused'`,
      [agent.agentId],
    )
    expect(rows).toEqual([{ kind: 'run.refused', reason: 'limit_reached' }])
  })

  it('are not limited by a boundary that only observes', async () => {
    const mode = { observe_until: Date.now() + 3_600_000 }
    const agent = await limited({ concurrent_runs: 1 }, { mode })
    const open = () => transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 60 }, new Date()))
    await open()
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

// last: the baseline it signs stays
describe('two limits on the same', () => {
  it('money under a tighter baseline passes neither limit, and the reason names the one that was reached', async () => {
    const agent = await limited({ spend_per_day: { amount: 100, currency: 'EUR' } })
    await pools.superuser.query(
      `INSERT INTO boundary_version (id, agent_id, version, status, source, document, digest, drafted_by, signed_by, signed_at, statement, lapses_at)
       SELECT $1, NULL, 1, 'signed', '{}', $2, digest, drafted_by, signed_by, now(), statement, lapses_at FROM boundary_version WHERE id = $3`,
      [
        newId(),
        JSON.stringify({
          purpose: null,
          never: [],
          approval_required: [],
          limits: { spend_per_day: { amount: 20, currency: 'EUR' } },
        }),
        agent.boundaryId,
      ],
    )
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    const answers = await Promise.all(Array.from({ length: 32 }, (_, i) => decide(agent, pay(3), i)))
    expect(answers.filter(({ decision }) => decision === 'allow')).toHaveLength(6)
    for (const { decision, reasons } of answers)
      if (decision !== 'allow') expect(reasons.map(({ rule }) => rule)).toEqual(['baseline.limits.spend_per_day'])
  })
})
