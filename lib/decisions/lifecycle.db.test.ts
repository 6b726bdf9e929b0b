import { DEFAULT_WAIT_MS } from '@/lib/boundary/boundary'
import { describe, expect, it } from 'vitest'
import { isFault } from '@/lib/core/fault'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { testPerson } from '@/lib/people/testing'
import { claimGrant } from './claim'
import { CLAIM_MS, expireAction, OUTCOME_MS, overdueActions } from './expire'
import { governed } from './governed-testing'
import { introspect } from './introspect'
import { HOLD, idOf, lifecycle, READ, said } from './lifecycle-testing'
import { recordOutcome } from './outcome'
import { withdraw } from './withdraw'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, kinds, propose, state, verdict } = lifecycle(database)
const [dana, bram] = [await testPerson(['analyst']), await testPerson(['analyst'])]
const later = (ms: number) => new Date(Date.now() + ms)

describe('from the question to the outcome', () => {
  it('held, approved, claimed, run and reported: one entry each, in this order', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    expect(await verdict(approvalId, answer.digest, dana, 'approve')).toMatchObject({ status: 'approved' })
    expect(await state(agent, actionId)).toBe('approved')
    const claimed = await claimGrant(context, agent.caller, actionId)
    const token = claimed.grant?.token ?? ''
    expect(await introspect(pools.app, said(agent, token, HOLD))).toMatchObject({
      active: true,
      action: answer.id,
      digest: answer.digest,
    })
    expect(await state(agent, actionId)).toBe('claimed')
    await transaction((db) =>
      recordOutcome(
        db,
        agent.agentId,
        actionId,
        { grant: token, status: 'succeeded', output: { isolated: true } },
        new Date(),
      ),
    )
    expect(await state(agent, actionId)).toBe('succeeded')
    expect(await kinds(actionId)).toEqual([
      'action.decided',
      'approval.approved',
      'action.granted',
      'action.claimed',
      'action.completed',
    ])
  })

  it('an allowed one goes without people; the grant of a harness that executes itself needs no introspection', async () => {
    const agent = await governed(pools.superuser)
    const answer = await propose(agent, READ)
    await transaction((db) =>
      recordOutcome(
        db,
        agent.agentId,
        idOf(answer),
        { grant: answer.grant?.token ?? '', status: 'failed', error: 'timeout' },
        new Date(),
      ),
    )
    expect(await state(agent, idOf(answer))).toBe('failed')
  })
})

describe('verdicts', () => {
  it('of two analysts at once one wins, and the other is told who and what', async () => {
    for (let race = 0; race < 10; race++) {
      const { answer, actionId, approvalId } = await held(await governed(pools.superuser))
      const both = await Promise.allSettled([
        verdict(approvalId, answer.digest, dana, 'approve'),
        verdict(approvalId, answer.digest, bram, 'reject', 'looks wrong'),
      ])
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const [won, lost] = both[0].status === 'fulfilled' ? [dana, both[1]] : [bram, both[0]]
      expect(lost).toMatchObject({ reason: { code: 'already_decided' } })
      expect(lost.status === 'rejected' && isFault(lost.reason) ? lost.reason.message : '').toContain(won.name)
      expect((await kinds(actionId)).filter((kind) => kind.startsWith('approval.'))).toHaveLength(1)
    }
  })

  it('a verdict on another digest than the one asked about is refused', async () => {
    const [one, other] = [await held(await governed(pools.superuser)), await held(await governed(pools.superuser))]
    await expect(verdict(one.approvalId, other.answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'digest_mismatch',
    })
  })

  it('the requester never answers, the owner never alone, nobody without the role', async () => {
    const agent = await governed(pools.superuser)
    const { answer, approvalId } = await held(agent, {
      ...HOLD,
      on_behalf_of: { type: 'user', id: dana.email.toUpperCase() },
    })
    await expect(verdict(approvalId, answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    const owner: Actor = { ...dana, id: agent.personId, roles: ['analyst'] }
    await expect(verdict(approvalId, answer.digest, owner, 'approve')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    const ciso = await testPerson(['ciso'])
    await expect(verdict(approvalId, answer.digest, ciso, 'approve')).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(verdict(approvalId, answer.digest, bram, 'approve')).resolves.toMatchObject({ status: 'approved' })
  })

  it('nobody who took the agent over since it was asked answers alone, no more than the owner of then', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await pools.superuser.query('UPDATE agent SET owner_id = $1 WHERE id = $2', [dana.id, agent.agentId])
    for (const id of [dana.id, agent.personId])
      await expect(verdict(approvalId, answer.digest, { ...dana, id }, 'approve')).rejects.toMatchObject({
        code: 'separation_of_duties',
      })
    expect(await state(agent, actionId)).toBe('held')
    await expect(verdict(approvalId, answer.digest, bram, 'approve')).resolves.toMatchObject({ status: 'approved' })
  })

  it('a rejected action never runs', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await verdict(approvalId, answer.digest, dana, 'reject', 'not this host')
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await state(agent, actionId)).toBe('rejected')
  })

  it('two seats take two people', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await pools.superuser.query(
      `UPDATE approval SET seats = 2, rule = jsonb_set(rule, '{asked}', '[["analyst"], ["analyst"]]') WHERE id = $1`,
      [approvalId],
    )
    expect(await verdict(approvalId, answer.digest, dana, 'approve')).toMatchObject({ status: 'pending' })
    await expect(verdict(approvalId, answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    expect(await state(agent, actionId)).toBe('held')
    expect(await verdict(approvalId, answer.digest, bram, 'approve')).toMatchObject({ status: 'approved' })
    expect(await kinds(actionId)).toEqual(['action.decided', 'approval.voted', 'approval.approved'])
  })
})

describe('time', () => {
  it('expiry refuses: answered on the moment, whoever writes it down', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    const over = later(DEFAULT_WAIT_MS + 1_000)
    expect(await state(agent, actionId, over)).toBe('expired')
    await expect(verdict(approvalId, answer.digest, dana, 'approve', '', over)).rejects.toMatchObject({
      code: 'expired',
    })
    expect(await transaction((db) => expireAction(db, actionId, new Date()))).toBe(false)
    expect(await overdueActions(pools.app, over)).toContain(actionId)
    const both = await Promise.all([1, 2].map(() => transaction((db) => expireAction(db, actionId, over))))
    expect(both.filter(Boolean)).toHaveLength(1)
    expect(await kinds(actionId)).toEqual(['action.decided', 'approval.expired'])
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'wrong_state' })
  })

  it('a grant nobody used, an approval nobody claimed and an outcome nobody reported all end, each by its name', async () => {
    const agent = await governed(pools.superuser)
    const unused = idOf(await propose(agent, READ))
    const used = await propose(agent, READ)
    await introspect(pools.app, said(agent, used.grant?.token ?? '', READ))
    const approved = await held(agent)
    await verdict(approved.approvalId, approved.answer.digest, dana, 'approve')
    const over = later(CLAIM_MS + OUTCOME_MS)
    const due = await overdueActions(pools.app, over)
    expect(due).toEqual(expect.arrayContaining([unused, idOf(used), approved.actionId]))
    for (const id of due) await transaction((db) => expireAction(db, id, over))
    expect(await state(agent, unused)).toBe('expired')
    expect(await state(agent, idOf(used))).toBe('unknown')
    expect(await state(agent, approved.actionId)).toBe('expired')
    // what happened after all is recorded, and changes no state
    await transaction((db) =>
      recordOutcome(db, agent.agentId, idOf(used), { grant: used.grant?.token ?? '', status: 'succeeded' }, over),
    )
    expect(await state(agent, idOf(used))).toBe('unknown')
    expect(await kinds(idOf(used))).toEqual(['action.decided', 'action.claimed', 'action.expired', 'action.completed'])
  })
})

describe('withdrawal', () => {
  it('gives up a held action: nobody can answer it any more, and it is given up once', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent)
    await transaction((db) => withdraw(db, agent.agentId, actionId, new Date()))
    await expect(verdict(approvalId, answer.digest, dana, 'approve')).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(transaction((db) => withdraw(db, agent.agentId, actionId, new Date()))).rejects.toMatchObject({
      code: 'wrong_state',
    })
    expect(await kinds(actionId)).toEqual(['action.decided', 'action.withdrawn'])
  })

  it('races a verdict: exactly one of them happens', async () => {
    for (let race = 0; race < 10; race++) {
      const agent = await governed(pools.superuser)
      const { answer, actionId, approvalId } = await held(agent)
      const both = await Promise.allSettled([
        transaction((db) => withdraw(db, agent.agentId, actionId, new Date())),
        verdict(approvalId, answer.digest, dana, 'approve'),
      ])
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
  })
})
