import { describe, expect, it } from 'vitest'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { dueEscalations, escalateAction } from './escalate'
import { governed, type Governed } from './governed-testing'
import { lifecycle } from './lifecycle-testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { held, verdict, kinds } = lifecycle(database)
const ciso = await testPerson(['ciso'])
const analyst = await testPerson(['analyst'])
const owner = await testPerson(['analyst'])

const HOUR = 3_600_000
const later = (ms: number) => new Date(Date.now() + ms)
const asking = (rest: object): Promise<Governed> =>
  governed(pools.superuser, { approval_required: [{ tool: 'edr.isolate_host', when: null, reason: null, ...rest }] })
const escalate = async (now: Date) => {
  const due = await dueEscalations(pools.app, now)
  for (const id of due) await transaction((tx) => escalateAction(tx, id, now))
  return due
}

describe('a request that waits', () => {
  it('is told of once for each step that is due, however late, by whichever replica', async () => {
    const then = [
      { escalate_to: ['ciso'], after: HOUR },
      { escalate_to: ['on_call', 'dana@example.com'], after: 2 * HOUR },
    ]
    const { actionId } = await held(await asking({ within: 4 * HOUR, then }))
    expect(await escalate(later(HOUR - 60_000))).not.toContain(actionId)
    expect(await escalate(later(HOUR + 1_000))).toContain(actionId)
    expect(await escalate(later(HOUR + 2_000))).not.toContain(actionId)
    const now = later(3 * HOUR)
    expect(await dueEscalations(pools.app, now)).toContain(actionId)
    const told = await Promise.all([1, 2].map(() => transaction((tx) => escalateAction(tx, actionId, now))))
    expect(told.toSorted()).toEqual([0, 1])
    expect((await kinds(actionId)).filter((kind) => kind === 'approval.escalated')).toHaveLength(2)
  })

  it('may be answered by whom the step names from that moment, before any job has written it, and not before', async () => {
    const { answer, approvalId } = await held(
      await asking({ by: ['analyst'], within: 4 * HOUR, then: [{ escalate_to: ['ciso'], after: HOUR }] }),
    )
    const cast = (now: Date) => verdict(approvalId, answer.digest, ciso, 'approve', 'checked', now)
    await expect(cast(later(HOUR - 60_000))).rejects.toMatchObject({ code: 'not_permitted' })
    expect(await cast(later(HOUR + 1_000))).toMatchObject({ status: 'approved' })
  })

  it('of which the boundary says nothing is told of at three quarters of its time, and nobody gets a seat by it', async () => {
    const { answer, actionId, approvalId } = await held(await asking({ within: 4 * HOUR }))
    expect(await escalate(later(2.9 * HOUR))).not.toContain(actionId)
    expect(await escalate(later(3.1 * HOUR))).toContain(actionId)
    await expect(
      verdict(approvalId, answer.digest, ciso, 'approve', 'checked', later(3.2 * HOUR)),
    ).rejects.toMatchObject({ code: 'not_permitted' })
  })

  it('and was answered, or is over, is told of no more', async () => {
    const { answer, actionId, approvalId } = await held(await asking({ within: HOUR }))
    await verdict(approvalId, answer.digest, analyst, 'approve')
    expect(await dueEscalations(pools.app, later(0.9 * HOUR))).not.toContain(actionId)
    const { actionId: over } = await held(await asking({ within: HOUR }))
    expect(await dueEscalations(pools.app, later(2 * HOUR))).not.toContain(over)
  })
})

it('seats of an order are taken first to last, and the second is told which is first', async () => {
  const agent = await asking({ by: ['ciso', 'analyst'], in_order: true })
  const { answer, approvalId } = await held(agent)
  await expect(verdict(approvalId, answer.digest, analyst, 'approve')).rejects.toMatchObject({
    code: 'separation_of_duties',
    message: expect.stringContaining('seat 1 first') as string,
  })
  expect(await verdict(approvalId, answer.digest, ciso, 'approve')).toMatchObject({ status: 'pending' })
  expect(await verdict(approvalId, answer.digest, owner, 'approve')).toMatchObject({ status: 'approved' })
})
