import { beforeEach, describe, expect, it } from 'vitest'
import { newId, publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import type { Proposal } from './contract'
import { governed, sampleBoundary, sampleSigned, type Governed } from './governed-testing'
import { HOLD, idOf, lifecycle } from './lifecycle-testing'
import { propose } from './propose'
import { findOutdated } from './store-waiting'
import { supersede } from './supersede'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, kinds, state, verdict } = lifecycle(database)
const analyst = await testPerson(['analyst'])

let agent: Governed
beforeEach(async () => {
  agent = await governed(pools.superuser)
})
const ask = (proposal: Proposal = HOLD) => propose(context, agent.caller, proposal, null)
const asked = async (proposal: Proposal = HOLD) => {
  const answer = await ask(proposal)
  return { answer, id: idOf(answer), approval: await approvalOf(idOf(answer)) }
}
async function approvalOf(actionId: string) {
  const { rows } = await pools.superuser.query<{
    id: string
    status: string
    superseded_by: string | null
    changed: string[]
  }>('SELECT id, status, superseded_by, changed FROM approval WHERE subject_id = $1', [actionId])
  return rows[0]!
}
async function signAnother() {
  const id = await sampleSigned(pools.superuser, agent, sampleBoundary({ purpose: 'other' }))
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
  return id
}

describe('another request takes the place of one that waits', () => {
  it('with other arguments, where its agent names the one it replaces; the old says what changed and where to look', async () => {
    const first = await asked()
    const second = await ask({ ...HOLD, arguments: { host: 'other' }, replaces: first.answer.id })
    expect(second.status).toBe('held')
    expect(await state(agent, first.id)).toBe('superseded')
    expect(await approvalOf(first.id)).toMatchObject({
      status: 'superseded',
      superseded_by: idOf(second),
      changed: ['arguments'],
    })
    expect(await kinds(first.id)).toEqual(['action.decided', 'approval.superseded'])
    await expect(verdict(first.approval.id, first.answer.digest, analyst, 'approve')).rejects.toMatchObject({
      code: 'wrong_state',
    })
  })

  it('by itself, where the same comes again with content nobody vouches for', async () => {
    const first = await asked()
    const second = await ask({ ...HOLD, untrusted_sources: ['mail:1'] })
    expect(await approvalOf(first.id)).toMatchObject({ superseded_by: idOf(second), changed: ['holds'] })
  })

  it('by itself, where the same is asked again under another boundary', async () => {
    const first = await asked()
    await signAnother()
    const second = await ask()
    expect(idOf(second)).not.toBe(first.id)
    expect(await approvalOf(first.id)).toMatchObject({ superseded_by: idOf(second), changed: ['boundary'] })
  })

  it('once, however often its agent asks again because no answer came, with a key or without', async () => {
    const first = await asked()
    const instead: Proposal = { ...HOLD, arguments: { host: 'other' }, replaces: first.answer.id }
    const second = await propose(context, agent.caller, instead, 'key-1')
    expect((await propose(context, agent.caller, instead, 'key-1')).id).toBe(second.id)
    expect((await ask(instead)).id).toBe(second.id)
    expect(await kinds(idOf(second))).toEqual(['action.decided'])
  })

  it('also where the first try broke off between the two: the retry ends what was to be replaced', async () => {
    const first = await asked()
    const instead: Proposal = { ...HOLD, arguments: { host: 'other' }, replaces: first.answer.id }
    await context.decider.decide(agent.caller, instead, 'key-2')
    expect(await state(agent, first.id)).toBe('held')
    const second = await propose(context, agent.caller, instead, 'key-2')
    expect(await approvalOf(first.id)).toMatchObject({ status: 'superseded', superseded_by: idOf(second) })
  })

  it.each<[string, string | null]>([
    ['under its key', 'key-3'],
    ['without one', null],
  ])(
    'by itself also where the first try broke off before the older was ended: the retry %s ends it',
    async (_, key) => {
      const first = await asked()
      const more: Proposal = { ...HOLD, untrusted_sources: ['mail:1'] }
      await context.decider.decide(agent.caller, more, key)
      expect(await state(agent, first.id)).toBe('held')
      const second = await propose(context, agent.caller, more, key)
      expect(await approvalOf(first.id)).toMatchObject({ status: 'superseded', superseded_by: idOf(second) })
      expect(await state(agent, idOf(second))).toBe('held')
    },
  )

  it('never of another agent, nor of what has begun or ended, and says so at the field', async () => {
    const first = await asked()
    const mine = agent
    agent = await governed(pools.superuser)
    await expect(ask({ ...HOLD, replaces: first.answer.id })).rejects.toMatchObject({
      code: 'not_found',
      field: 'replaces',
    })
    await expect(ask({ ...HOLD, replaces: publicId('action', newId()) })).rejects.toMatchObject({ code: 'not_found' })
    agent = mine
    await verdict(first.approval.id, first.answer.digest, analyst, 'reject', 'no')
    await expect(ask({ ...HOLD, replaces: first.answer.id })).rejects.toMatchObject({
      code: 'wrong_state',
      field: 'replaces',
    })
  })
})

describe('a boundary that was signed since', () => {
  it('takes every verdict on what was asked before, and the page of it says why', async () => {
    const first = await asked()
    await signAnother()
    await expect(verdict(first.approval.id, first.answer.digest, analyst, 'approve')).rejects.toMatchObject({
      code: 'wrong_state',
      detail: expect.stringContaining('version 2 of the boundary') as string,
    })
    expect(await findOutdated(pools.app, 10)).toEqual([{ id: first.id, changed: 'boundary' }])
    const { rows } = await pools.superuser.query('SELECT 1 FROM verdict WHERE approval_id = $1', [first.approval.id])
    expect(rows).toEqual([])
    expect(await transaction((db) => supersede(db, first.id, null, ['boundary'], new Date()))).toBe(true)
    expect(await approvalOf(first.id)).toMatchObject({
      status: 'superseded',
      superseded_by: null,
      changed: ['boundary'],
    })
    expect(await transaction((db) => supersede(db, first.id, null, ['boundary'], new Date()))).toBe(false)
    expect(await findOutdated(pools.app, 10)).toEqual([])
  })
})

it('only a superseded approval says what changed', async () => {
  const { approval } = await asked()
  await expect(
    pools.app.query(`UPDATE approval SET changed = '{arguments}' WHERE id = $1`, [approval.id]),
  ).rejects.toThrow('approval_superseded_says_why')
})
