import { beforeEach, describe, expect, it } from 'vitest'
import { clearOfTheTurn } from '@/lib/core/clock-testing'
import { parsePublicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { claimGrant } from './claim'
import { editAction } from './edit'
import { governed, sampleBoundary, type Governed } from './governed-testing'
import { introspect } from './introspect'
import { lifecycle, said } from './lifecycle-testing'
import { readOwn } from './read-own'
import { readInbox, readRequest } from './read-inbox'
import type { Proposal } from './contract'
import { withdraw } from './withdraw'
import { protectResource } from '@/lib/resources/protect'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, kinds, publicUrl, verdict } = lifecycle(database)
const [dana, bram, auditor] = [
  await testPerson(['analyst']),
  await testPerson(['analyst']),
  await testPerson(['auditor']),
]
const PAY: Proposal = {
  tool: 'shop.pay',
  arguments: { amount: 120, to: 'acme' },
  resource: { type: 'order', id: 'A-17' },
}
const bytes = (digest: string) => Buffer.from(digest.slice(7), 'hex')

let agent: Governed
beforeEach(async () => {
  agent = await governed(
    pools.superuser,
    sampleBoundary({
      approval_required: [
        { tool: 'shop.pay', when: null, reason: null },
        { tool: 'shop.pay', when: 'args.amount > 1000.0', reason: null },
      ],
      never: [{ tool: 'shop.pay', when: 'args.to == "mallory"', reason: null }],
    }),
  )
})
const edit = (approvalId: string, digest: string, args: unknown, actor = dana, now = new Date()) =>
  editAction(pools.app, db(), {
    approvalId,
    actor,
    digest: bytes(digest),
    text: typeof args === 'string' ? args : JSON.stringify(args),
    now,
  })
const own = (actionId: string) => readOwn(pools.app, publicUrl(), agent.agentId, actionId, new Date())

describe('edited arguments', () => {
  it('are a new digest, shown beside what was asked, approved as such, and what the agent gets its grant for', async () => {
    const { answer, actionId, approvalId } = await held(agent, PAY)
    const { digest } = await edit(approvalId, answer.digest, { amount: 100, to: 'acme' })
    expect(digest).not.toBe(answer.digest)
    const page = await readRequest(db(), bram, answer.approval!.id, new Date())
    expect(page).toMatchObject({
      digest,
      arguments: { amount: 100, to: 'acme' },
      edited: { by: dana.name, asked: { amount: 120, to: 'acme' } },
    })
    expect(page.sentence.map(({ text }) => text).join('')).not.toContain('120')
    await expect(verdict(approvalId, answer.digest, bram, 'approve')).rejects.toMatchObject({ code: 'digest_mismatch' })
    await verdict(approvalId, digest, dana, 'approve')
    expect(await own(actionId)).toMatchObject({
      status: 'approved',
      digest,
      edited: { arguments: { amount: 100, to: 'acme' } },
    })
    const claimed = await claimGrant(context, agent.caller, actionId)
    const token = claimed.grant?.token ?? ''
    expect(claimed.edited?.arguments).toEqual({ amount: 100, to: 'acme' })
    expect(await introspect(pools.app, said(agent, token, PAY))).toEqual({ active: false, reason: 'mismatch' })
    const edited = { ...PAY, arguments: { amount: 100, to: 'acme' } }
    expect(await introspect(pools.app, said(agent, token, edited))).toMatchObject({ active: true, digest })
    expect(await kinds(actionId)).toEqual([
      'action.decided',
      'approval.edited',
      'approval.approved',
      'action.granted',
      'action.refused',
      'action.claimed',
    ])
  })

  it('edited back are what was asked, under its own digest', async () => {
    const { answer, actionId, approvalId } = await held(agent, PAY)
    const { digest } = await edit(approvalId, answer.digest, { amount: 1, to: 'acme' })
    expect(await edit(approvalId, digest, { to: 'acme', amount: 120 })).toEqual({ digest: answer.digest })
    expect(await own(actionId)).toMatchObject({ digest: answer.digest, edited: null })
  })

  it.each([
    ['what the boundary forbids', { amount: 1, to: 'mallory' }, 'would be forbidden'],
    ['what another rule holds', { amount: 5000, to: 'acme' }, 'held for more than you were asked about'],
  ])('that are %s are refused, and nothing changes', async (_, args, words) => {
    const { answer, actionId, approvalId } = await held(agent, PAY)
    await expect(edit(approvalId, answer.digest, args)).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'arguments',
      detail: expect.stringContaining(words) as string,
    })
    expect(await own(actionId)).toMatchObject({ digest: answer.digest, edited: null })
    expect(await kinds(actionId)).toEqual(['action.decided'])
  })

  it('that spend more than a limit still has are refused, as nobody who answers was told of it', async () => {
    await clearOfTheTurn('hour')
    const limits = { spend_per_day: { amount: 100, currency: 'EUR' } }
    const spender = await governed(
      pools.superuser,
      sampleBoundary({ limits, approval_required: [{ tool: 'shop.pay', when: null, reason: null }] }),
    )
    const pay = (amount: number): Proposal => ({ tool: 'shop.pay', arguments: { amount, currency: 'EUR' } })
    const before = await held(spender, pay(90))
    await verdict(before.approvalId, before.answer.digest, dana, 'approve')
    expect((await claimGrant(context, spender.caller, before.actionId)).grant).not.toBeNull()
    const { answer, approvalId } = await held(spender, pay(5))
    expect(answer.reasons.map(({ code }) => code)).not.toContain('limit_reached')
    await expect(edit(approvalId, answer.digest, { amount: 11, currency: 'EUR' })).rejects.toMatchObject({
      code: 'invalid_request',
      detail: expect.stringContaining('held for more than you were asked about') as string,
    })
    await edit(approvalId, answer.digest, { amount: 10, currency: 'EUR' })
  })

  it('that are about a protected resource nobody was asked about are refused, also where another was', async () => {
    const ciso = await testPerson(['ciso'])
    for (const name of ['host-a', 'host-b'])
      await protectResource(db(), ciso, {
        ...{ type: 'host', name, title: name, kind: 'production_config', ownerId: ciso.id },
        ...{ reporter: null, contentAt: 'content', digest: null },
      })
    const changer = await governed(pools.superuser)
    const change = (host: string): Proposal => ({ tool: 'edr.isolate_host', arguments: { host } })
    const { answer, approvalId } = await held(changer, change('host-a'))
    await expect(edit(approvalId, answer.digest, { host: 'host-b' })).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'arguments',
      detail: expect.stringContaining('host-b') as string,
    })
    await edit(approvalId, answer.digest, { host: 'host-c' })
  })

  it.each([
    ['no JSON', '{', 'invalid_json'],
    ['no object', '[1]', 'invalid_request'],
    ['a key twice', '{"a":1,"a":2}', 'invalid_json'],
  ])('that are %s are refused at their field', async (_, text, code) => {
    const { answer, approvalId } = await held(agent, PAY)
    await expect(edit(approvalId, answer.digest, text)).rejects.toMatchObject({ code, field: 'arguments' })
  })

  it('are nobody’s who could not approve, and of nothing that somebody answered or that ended', async () => {
    const { answer, actionId, approvalId } = await held(agent, PAY)
    await expect(edit(approvalId, answer.digest, { amount: 1 }, auditor)).rejects.toMatchObject({
      code: 'not_permitted',
    })
    await expect(edit(approvalId, `sha256:${'0'.repeat(64)}`, { amount: 1 })).rejects.toMatchObject({
      code: 'digest_mismatch',
    })
    await transaction((tx) => withdraw(tx, agent.agentId, actionId, new Date()))
    await expect(edit(approvalId, answer.digest, { amount: 1 })).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('of two people at once, one edit stands and the other is told', async () => {
    const { answer, approvalId } = await held(agent, PAY)
    const both = await Promise.allSettled([
      edit(approvalId, answer.digest, { amount: 1, to: 'acme' }),
      edit(approvalId, answer.digest, { amount: 2, to: 'acme' }, bram),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'digest_mismatch' } })
  })

  it('cannot change in the database once somebody has answered', async () => {
    const { answer, actionId, approvalId } = await held(agent, PAY)
    await verdict(approvalId, answer.digest, dana, 'approve')
    const zero = Buffer.alloc(32)
    await expect(pools.app.query('UPDATE approval SET digest = $2 WHERE id = $1', [approvalId, zero])).rejects.toThrow(
      'edited no more',
    )
    await expect(pools.app.query('UPDATE action SET digest = $2 WHERE id = $1', [actionId, zero])).rejects.toThrow(
      'only a held action',
    )
    expect(parsePublicId('action', answer.id)).toBe(actionId)
  })
})

describe('a list of many that were edited', () => {
  it('takes as many statements as a list of one, and shows of each what it was edited to', async () => {
    const statements = async () => {
      let count = 0
      const counted = new Proxy(db(), {
        get: (target, name) => {
          if (name === '$queryRawUnsafe') count += 1
          const value: unknown = Reflect.get(target, name)
          return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
        },
      })
      const found = (await readInbox(counted, dana, new Date())).rows.filter((row) => row.agent === agent.slug)
      return { count, edited: found.map(({ sentence }) => sentence.map(({ text }) => text).join('')) }
    }
    const ask = async (n: number) => {
      const { answer, approvalId } = await held(agent, {
        ...PAY,
        arguments: { amount: 10, to: 'acme' },
        resource: { type: 'order', id: `A-${String(n)}` },
      })
      await edit(approvalId, answer.digest, { amount: 20 + n, to: 'acme' })
      // of a kind of its own, so that each is opened
      await pools.superuser.query('UPDATE approval SET alike = NULL WHERE id = $1', [approvalId])
    }
    await ask(1)
    const one = await statements()
    for (const n of [2, 3, 4]) await ask(n)
    const four = await statements()
    expect(four.count).toBe(one.count)
    expect(one.edited).toHaveLength(1)
    expect(four.edited).toHaveLength(4)
    for (const n of [1, 2, 3, 4]) expect(four.edited.join('\n')).toContain(String(20 + n))
  })
})
