import { describe, expect, it } from 'vitest'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { claimGrant } from './claim'
import { governed } from './governed-testing'
import { lifecycle } from './lifecycle-testing'
import { findOutdated } from './store-waiting'
import { supersede } from './supersede'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, state, verdict } = lifecycle(database)
const [dana, bram] = [await testPerson(['analyst']), await testPerson(['analyst'])]

/** Held for two analysts; Dana has approved. */
async function halfApproved() {
  const agent = await governed(pools.superuser, {
    approval_required: [{ tool: 'edr.isolate_host', when: null, reason: null, by: ['analyst'], approvals: 2 }],
  })
  const asked = await held(agent)
  expect(await verdict(asked.approvalId, asked.answer.digest, dana, 'approve')).toMatchObject({ status: 'pending' })
  return { agent, ...asked }
}
async function haltedAndLifted(slug: string) {
  const { id } = await engage({ scope: 'agent', agent: slug, reason: '', by: dana.id, now: new Date() })
  const during = await findOutdated(pools.app, 10)
  await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE id = $1', [id])
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
  return during
}
const found = async (actionId: string) => (await findOutdated(pools.app, 10)).find(({ id }) => id === actionId)

describe('a halt between two approvals of one action', () => {
  it('makes the second one refused, saying why, and the request superseded as one approved before the halt is', async () => {
    const { agent, answer, actionId, approvalId } = await halfApproved()
    // while it is in force the request is frozen, and stays
    expect((await haltedAndLifted(agent.slug)).map(({ id }) => id)).not.toContain(actionId)
    await expect(verdict(approvalId, answer.digest, bram, 'approve')).rejects.toMatchObject({
      code: 'wrong_state',
      detail: expect.stringMatching(/came after the first approval.+has to ask again/) as string,
    })
    expect(await state(agent, actionId)).toBe('held')
    expect(await found(actionId)).toEqual({ id: actionId, changed: 'stopped' })
    expect(await transaction((db) => supersede(db, actionId, null, ['stopped'], new Date()))).toBe(true)
    expect(await found(actionId)).toBeUndefined()
  })

  it('bars nobody from rejecting it', async () => {
    const { agent, answer, approvalId } = await halfApproved()
    await haltedAndLifted(agent.slug)
    expect(await verdict(approvalId, answer.digest, bram, 'reject')).toMatchObject({ status: 'rejected' })
  })

  it('is told by the first of the two when the grant is claimed, even where the second was written all the same', async () => {
    const { agent, answer, actionId, approvalId } = await halfApproved()
    const { rows } = await pools.superuser.query<{ epoch: string }>('SELECT epoch FROM action WHERE id = $1', [
      actionId,
    ])
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    await verdict(approvalId, answer.digest, bram, 'approve')
    const after = await pools.superuser.query<{ epoch: string }>('SELECT epoch FROM action WHERE id = $1', [actionId])
    expect(after.rows).toEqual(rows)
    await haltedAndLifted(agent.slug)
    expect(await claimGrant(context, agent.caller, actionId)).toMatchObject({ status: 'superseded', grant: null })
  })

  it('before the first of them takes nothing: both have looked since', async () => {
    const agent = await governed(pools.superuser, {
      approval_required: [{ tool: 'edr.isolate_host', when: null, reason: null, by: ['analyst'], approvals: 2 }],
    })
    const { answer, actionId, approvalId } = await held(agent)
    await haltedAndLifted(agent.slug)
    expect(await found(actionId)).toBeUndefined()
    for (const one of [dana, bram]) await verdict(approvalId, answer.digest, one, 'approve')
    expect((await claimGrant(context, agent.caller, actionId)).grant).not.toBeNull()
  })
})
