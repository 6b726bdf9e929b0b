import { describe, expect, it } from 'vitest'
import type { Boundary } from '@/lib/boundary/boundary'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import { entriesOf, signedInAs, testPerson, testSessions } from '@/lib/people/testing'
import { answerTogether } from './answer-together'
import { claimGrant } from './claim'
import { editAction } from './edit'
import { governed, type Governed, sampleTool } from './governed-testing'
import { lifecycle } from './lifecycle-testing'
import { openPlanted, plantTest } from './plant'
import { planTests } from './plan-planted'
import { readAttention } from './read-attention'
import { readAlike, readInbox, readRequest } from './read-inbox'
import { runPlanted } from './run-planted'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
testSessions()
const { context, held, verdict } = lifecycle(database)
const [dana, bram, ciso] = [
  await testPerson(['analyst'], 'Dana Whitlock'),
  await testPerson(['analyst'], 'Bram Castellane'),
  await testPerson(['ciso'], 'Ilse Tamm'),
]
await sampleTool(pools.superuser, 'pay.transfer', 'write', true)
const TRANSFER = {
  tool: 'pay.transfer',
  arguments: { to: 'ops@quillhaven.com', amount: 120 },
  resource: { type: 'payee', id: 'P-1' },
}

const ASKS = { tool: 'pay.transfer', when: null, reason: null }

/** An agent with an approved past. */
async function payer(over: Partial<Boundary> = {}): Promise<Governed> {
  const agent = await governed(pools.superuser, {
    approval_required: [ASKS],
    never: [{ tool: 'pay.transfer', when: 'args.to == "mallory@quillhaven.com"', reason: null }],
    ...over,
  })
  for (const amount of [100, 120]) {
    const { approvalId, answer } = await held(agent, { ...TRANSFER, arguments: { ...TRANSFER.arguments, amount } })
    await verdict(approvalId, answer.digest, bram, 'approve')
  }
  return agent
}

const forAll = { flaws: ['amount'] as const, teams: [], people: [], opensAt: new Date(0) }

async function planted(
  agent: Governed,
  over: Partial<Parameters<typeof plantTest>[1]> = {},
): Promise<{ test: string; approval: string }> {
  const test = await transaction(async (tx) => {
    const id = await plantTest(tx, { agentId: agent.agentId, by: ciso.id, ...forAll, ...over })
    await openPlanted(tx, id, new Date())
    return id
  })
  const { rows } = await pools.superuser.query<{ id: string }>('SELECT id FROM approval WHERE subject_id = $1', [test])
  return { test, approval: rows[0]?.id ?? '' }
}

const count = async (sql: string, values: unknown[] = []) =>
  Number((await pools.superuser.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`, values)).rows[0]?.n)

describe('a planted test request', () => {
  it('looks like a held action of its agent to whoever may answer, but for the one thing that is wrong', async () => {
    const agent = await payer()
    const real = await held(agent, { ...TRANSFER, arguments: { ...TRANSFER.arguments, amount: 95 } })
    const { approval } = await planted(agent)
    const [row, ...others] = (await readInbox(db(), dana, new Date())).rows.filter((one) => one.agent === agent.slug)
    expect({ row: row?.alike.count, others }).toEqual({ row: 2, others: [] })
    const { rows, count } = await readAlike(db(), dana, row?.alike.key ?? '', new Date())
    expect(count).toBe(2)
    const test = rows.find(({ id }) => id === publicId('approval', approval))
    const action = rows.find(({ id }) => id === publicId('approval', real.approvalId))
    expect(Object.keys(test ?? {}).toSorted()).toEqual(Object.keys(action ?? {}).toSorted())
    expect(test).toMatchObject({
      tool: 'pay.transfer',
      reason: 'approval_required',
      status: 'pending',
      yours: { ok: true },
    })
    const shown = await readRequest(db(), dana, publicId('approval', approval), new Date())
    const other = await readRequest(db(), dana, publicId('approval', real.approvalId), new Date())
    expect(Object.keys(shown).toSorted()).toEqual(Object.keys(other).toSorted())
    expect(shown).toMatchObject({
      arguments: { to: 'ops@quillhaven.com', amount: 12_000 },
      toolClass: other.toolClass,
      boundary: other.boundary,
      reasons: other.reasons,
    })
  })

  it('is in the list of what it is like, is counted with it, and is answered with the others, whoever reads them or not', async () => {
    const agent = await payer()
    const before = (await readInbox(db(), dana, new Date())).waiting
    const real = await held(agent, { ...TRANSFER, arguments: { ...TRANSFER.arguments, amount: 95 } })
    const { approval } = await planted(agent)
    const { rows, waiting } = await readInbox(db(), dana, new Date())
    expect(waiting).toEqual({ ...before, all: before.all + 2, mine: before.mine + 2 })
    const key = rows.find((row) => row.agent === agent.slug)?.alike.key ?? ''
    // who could not answer it neither sees nor counts it
    expect((await readAlike(db(), ciso, key, new Date())).count).toBe(1)
    const kind = await readAlike(db(), dana, key, new Date())
    expect(kind.together).toEqual({ ok: true })
    const items = kind.rows.map(({ id, digest }) => ({ id, digest }))
    const given = { actor: dana, alike: key, answer: 'approve' as const, reason: 'all fine', items, now: new Date() }
    const { results } = await answerTogether(db(), given)
    const of = (id: string) => results.find((one) => one.id === publicId('approval', id))
    expect(of(real.approvalId)).toEqual({ id: publicId('approval', real.approvalId), ok: true, status: 'approved' })
    expect(of(approval)).toMatchObject({ ok: true, told: { found: false } })
  })

  it('is edited in the words of an action, and an edit of it is an answer: found by whoever mends it, missed by who does not', async () => {
    const agent = await payer()
    const real = await held(agent, { ...TRANSFER, arguments: { ...TRANSFER.arguments, amount: 95 } })
    const edit = async (approval: string, args: unknown) => {
      const { digest } = await readRequest(db(), dana, publicId('approval', approval), new Date())
      const seen = Buffer.from(digest.slice(7), 'hex')
      const given = { approvalId: approval, actor: dana, digest: seen, text: JSON.stringify(args), now: new Date() }
      return editAction(pools.app, db(), given)
    }
    const [one, two] = [await planted(agent), await planted(agent)]
    // refused in the same words, with nothing recorded
    const forbidden = { ...TRANSFER.arguments, to: 'mallory@quillhaven.com' }
    const why = await edit(real.approvalId, forbidden).catch((error: unknown) => error)
    expect(why).toMatchObject({ code: 'invalid_request', field: 'arguments' })
    const { code, detail } = why as { code: string; detail: string }
    await expect(edit(one.approval, forbidden)).rejects.toMatchObject({ code, detail })
    // as it stands: nothing happens to either
    await edit(one.approval, { ...TRANSFER.arguments, amount: 12_000 })
    const told = async ({ approval }: typeof one) =>
      (await readRequest(db(), dana, publicId('approval', approval), new Date())).told
    expect(await told(one)).toBeUndefined()
    await edit(one.approval, TRANSFER.arguments)
    await edit(two.approval, { ...TRANSFER.arguments, amount: 12_000, to: 'desk@quillhaven.com' })
    expect(await told(one)).toMatchObject({ found: true })
    expect(await told(two)).toMatchObject({ found: false })
    const answered = (await entriesOf(database, 'test_request.answered')).filter(
      (entry) => entry.agent === agent.agentId,
    )
    expect(answered.map(({ labels }) => labels)).toEqual([
      ['found', 'amount'],
      ['missed', 'amount'],
    ])
    expect((await entriesOf(database, 'approval.edited')).filter((entry) => entry.agent === agent.agentId)).toEqual([])
  })

  it('is planted only where an action would be held for the very same: another answer would give it away', async () => {
    for (const over of [
      { never: [{ tool: 'pay.transfer', when: 'args.amount > 5000.0', reason: null }] },
      { approval_required: [ASKS, { tool: 'pay.transfer', when: 'args.amount > 5000.0', reason: null }] },
      { approval_required: [{ tool: 'pay.transfer', when: 'args.amount < 5000.0', reason: null }] },
    ])
      await expect(planted(await payer(over)), JSON.stringify(over)).rejects.toMatchObject({ code: 'wrong_state' })
    expect(
      await planted(await payer({ never: [{ tool: 'pay.transfer', when: 'args.amount > 50000.0', reason: null }] })),
    ).toBeDefined()
  })

  it('is recorded as one, names nobody in the open, and what it shows is sealed', async () => {
    const agent = await payer()
    const { test } = await planted(agent)
    const entry = (await entriesOf(database, 'test_request.planted')).find(({ id }) => id === test)
    expect(entry).toMatchObject({ actor: `person:${ciso.id}` })
    expect(JSON.stringify(entry)).not.toContain(agent.agentId)
    expect(await openPayload(db(), test)).toMatchObject({
      state: 'open',
      payload: { test: { flaw: 'amount', was: '120', is: '12000' } },
    })
  })

  it('gives the digest and the rule an action would have: who computes it again learns nothing', async () => {
    const { approval } = await planted(await payer())
    const request = await readRequest(db(), dana, publicId('approval', approval), new Date())
    expect(request.exact).toMatchObject({ matches: true })
    expect(request.exact?.text).not.toContain('test')
    expect(request.heldBy).toMatchObject([{ rule: 'approval_required[0]', version: 1 }])
  })

  it('tells its approver at once whether they found it, and the log', async () => {
    const agent = await payer()
    const [first, second] = [await planted(agent), await planted(agent)]
    const digest = async (approval: string) =>
      (await readRequest(db(), dana, publicId('approval', approval), new Date())).digest
    const missed = await verdict(first.approval, await digest(first.approval), dana, 'approve')
    expect(missed.told).toMatchObject({ found: false, changed: { at: 'amount', was: '120', is: '12000' } })
    const found = await verdict(
      second.approval,
      await digest(second.approval),
      dana,
      'reject',
      'a hundred times too much',
    )
    expect(found.told).toMatchObject({ found: true })
    const entries = (await entriesOf(database, 'test_request.answered')).filter(({ agent: of }) => of === agent.agentId)
    expect(entries.map(({ outcome, labels }) => [outcome, labels])).toEqual([
      ['approved', ['missed', 'amount']],
      ['rejected', ['found', 'amount']],
    ])
    // of what followed the person who answered sees all, a ciso too, and a colleague nothing
    const again = publicId('approval', first.approval)
    expect((await readRequest(db(), dana, again, new Date())).told).toMatchObject({ found: false })
    expect((await readRequest(db(), ciso, again, new Date())).told).toMatchObject({ found: false })
    await expect(readRequest(db(), bram, again, new Date())).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is no action, can never become one, and counts in no figure of its agent', async () => {
    const agent = await payer()
    const before = await count('action WHERE agent_id = $1', [agent.agentId])
    const { test, approval } = await planted(agent)
    const { digest } = await readRequest(db(), dana, publicId('approval', approval), new Date())
    await verdict(approval, digest, dana, 'approve')
    expect(await count('action WHERE agent_id = $1', [agent.agentId])).toBe(before)
    expect(await count('action WHERE id = $1', [test])).toBe(0)
    expect(await count('attention_asked WHERE approval_id = $1', [approval])).toBe(0)
    expect(await count('attention_answered WHERE approval_id = $1', [approval])).toBe(0)
    expect(
      await count('ledger.entry WHERE agent_id = $1 AND outcome IS NOT NULL AND kind LIKE $2', [
        agent.agentId,
        'action.granted',
      ]),
    ).toBe(0)
    const gate = (await readAttention(db(), ciso, new Date())).gates.find((one) => one.gate.agentId === agent.agentId)
    expect(gate?.ends.asked).toBe(2)
    // whoever writes the rows: an action never hangs on the approval of a test, and the approval stays what it is
    const action = await pools.superuser.query<{ id: string }>('SELECT id FROM action WHERE agent_id = $1 LIMIT 1', [
      agent.agentId,
    ])
    for (const pool of [pools.app, pools.superuser]) {
      await expect(
        pool.query('UPDATE action SET approval_id = $2 WHERE id = $1', [action.rows[0]?.id, approval]),
      ).rejects.toMatchObject({ code: '23514' })
      await expect(pool.query(`UPDATE approval SET kind = 'action' WHERE id = $1`, [approval])).rejects.toMatchObject({
        code: '42501',
      })
      await expect(
        pool.query('UPDATE approval SET subject_id = $2 WHERE id = $1', [approval, action.rows[0]?.id]),
      ).rejects.toMatchObject({ code: '42501' })
    }
    await expect(pools.app.query('DELETE FROM test_request')).rejects.toMatchObject({ code: '42501' })
    await expect(claimGrant(context, agent.caller, test)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is seen and answered by those alone whom it is for and who may answer', async () => {
    const agent = await payer()
    const { approval } = await planted(agent, { people: [dana.id] })
    const id = publicId('approval', approval)
    const sees = async (person: typeof dana) =>
      (await readInbox(db(), person, new Date())).rows.some((row) => row.id === id)
    const others = [bram, ciso, await signedInAs(agent.personId), await testPerson(['auditor'])]
    expect(await sees(dana)).toBe(true)
    for (const other of others) expect(await sees(other)).toBe(false)
    const { digest } = await readRequest(db(), dana, id, new Date())
    await expect(readRequest(db(), bram, id, new Date())).rejects.toMatchObject({ code: 'not_found' })
    await expect(verdict(approval, digest, bram, 'reject', 'no')).rejects.toMatchObject({ code: 'not_found' })
    await expect(verdict(approval, digest, ciso, 'reject', 'no')).rejects.toMatchObject({ code: 'not_permitted' })
    expect(await count(`approval WHERE id = $1 AND status = 'pending'`, [approval])).toBe(1)
  })

  it('is frozen by a halt like any other', async () => {
    const agent = await payer()
    const { approval } = await planted(agent)
    const { digest } = await readRequest(db(), dana, publicId('approval', approval), new Date())
    await pools.superuser.query(
      `INSERT INTO halt (id, scope, target, epoch) VALUES (gen_random_uuid(), 'agent', $1, 1)`,
      [agent.agentId],
    )
    expect((await readRequest(db(), dana, publicId('approval', approval), new Date())).frozen).not.toBeNull()
    await expect(verdict(approval, digest, dana, 'reject', 'no')).rejects.toMatchObject({ code: 'frozen' })
  })

  it('is frozen by no halt of another tool, as what it was made from is not', async () => {
    const agent = await payer()
    const { approval } = await planted(agent)
    const { rows } = await pools.superuser.query<{ id: string }>(
      `INSERT INTO halt (id, scope, target, epoch) VALUES (gen_random_uuid(), 'tool', 'pay.refund', 1) RETURNING id`,
    )
    const { digest, frozen } = await readRequest(db(), dana, publicId('approval', approval), new Date())
    expect(frozen).toBeNull()
    expect(await verdict(approval, digest, dana, 'reject', 'no')).toMatchObject({ told: { found: true } })
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE id = $1', [rows[0]?.id])
  })

  it('is refused where nothing in the agent’s past can be made wrong in such a way', async () => {
    const agent = await payer()
    await expect(planted(agent, { flaws: ['account'] })).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(planted(await governed(pools.superuser))).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await count('test_request WHERE flaw = $1', ['account'])).toBe(0)
  })

  it('ends unanswered when its time is over, and with the boundary it was asked under', async () => {
    const agent = await payer()
    const { approval } = await planted(agent)
    await pools.superuser.query(`UPDATE approval SET expires_at = now() - interval '1 second' WHERE id = $1`, [
      approval,
    ])
    expect(await transaction((tx) => runPlanted(tx, new Date()))).toMatchObject({ ended: 1 })
    const [ended] = (await entriesOf(database, 'test_request.ended')).filter(({ agent: of }) => of === agent.agentId)
    expect(ended).toMatchObject({ outcome: 'expired', labels: ['unanswered', 'amount'] })
  })
})

describe('the plan', () => {
  it('plants as many as its moments, of agents whose past allows it, each moment once on however many servers', async () => {
    await payer()
    // the evening of the last day of the month after next: the whole month lies behind the plan, and what the agents did is still recent
    const today = new Date()
    const now = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 3, 0, 20))
    await transaction((tx) =>
      planTests(tx, ciso, { perMonth: 4, flaws: ['amount', 'recipient'], teams: [], people: [] }, today),
    )
    const due = async () => (await transaction((tx) => runPlanted(tx, now))).planted
    const before = await count('test_request WHERE planted_by IS NULL')
    const [one, two] = await Promise.all([due(), due()])
    expect(one + two).toBeGreaterThanOrEqual(4)
    expect(await due()).toBe(0)
    expect((await count('test_request WHERE planted_by IS NULL')) - before).toBe(one + two)
    expect(await count('test_slot WHERE test_id IS NULL')).toBe(0)
    expect(await count(`test_request WHERE planted_by IS NULL AND opens_at > now()`)).toBeGreaterThan(0)
  })

  it('ends with a plan of none', async () => {
    await transaction((tx) =>
      planTests(tx, ciso, { perMonth: 0, flaws: ['amount'], teams: [], people: [] }, new Date()),
    )
    expect((await transaction((tx) => runPlanted(tx, new Date(Date.now() + 90 * 86_400_000)))).planted).toBe(0)
  })
})

describe('whoever stands in for somebody who is away', () => {
  it('is shown no test, as they could not answer one: a refusal would tell it apart', async () => {
    const { approval } = await planted(await payer())
    const { id, name, email, roles, team } = dana
    const delegate = { ...(await testPerson()), standsInFor: [{ id, name, email, roles, team }] }
    const { rows } = await readInbox(db(), delegate, new Date())
    expect(rows.map((row) => row.id)).not.toContain(publicId('approval', approval))
    await expect(readRequest(db(), delegate, publicId('approval', approval), new Date())).rejects.toMatchObject({
      code: 'not_found',
    })
    expect((await readInbox(db(), dana, new Date())).rows.map((row) => row.id)).toContain(
      publicId('approval', approval),
    )
  })
})

describe('whoever a test says it is asked for', () => {
  it('cannot answer it, as they could not answer what it was made from', async () => {
    const agent = await governed(pools.superuser, {
      approval_required: [{ tool: 'pay.transfer', when: null, reason: null }],
    })
    const { approvalId, answer } = await held(agent, { ...TRANSFER, on_behalf_of: { type: 'person', id: dana.email } })
    await verdict(approvalId, answer.digest, bram, 'approve')
    const { approval } = await planted(agent)
    const shown = await readRequest(db(), bram, publicId('approval', approval), new Date())
    expect(shown.requester).toMatchObject({ id: dana.email })
    await expect(verdict(approval, shown.digest, dana, 'reject')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
  })
})
