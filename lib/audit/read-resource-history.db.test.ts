import { describe, expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { Decider } from '@/lib/decisions/decide'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { testLedger } from '@/lib/ledger/testing'
import { signedInAs, testPerson, testSessions } from '@/lib/people/testing'
import { readBehind } from './read-resource-history'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
testSessions()
const decider = new Decider({ connections: pools.app, publicUrl: () => new URL('http://localhost:3000') })

const order = { type: 'order', id: 'A/17 \u202etxt' }

async function act(agent: Governed, tool: string, resource = order): Promise<string> {
  const decided = await decider.decide(agent.caller, { tool, arguments: { n: Math.random() }, resource })
  if (!('answer' in decided)) throw new Error('it was told twice')
  return decided.answer.id
}
const behind = async (actor: Parameters<typeof readBehind>[1], action: string) =>
  (await readBehind(db(), actor, { action, resource: order, erased: false }, new Date())).history?.actions?.map(
    (one) => one.action,
  )

describe('what was done with a resource before', () => {
  it('is every agent’s, newest first, without the request itself and without other resources', async () => {
    const [one, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    const first = await act(one, 'crm.get_order')
    const second = await act(other, 'crm.delete_all')
    await act(other, 'crm.get_order', { type: 'order', id: 'A/18' })
    await act(other, 'crm.get_order', { type: 'ticket', id: order.id })
    const held = await act(one, 'edr.isolate_host')
    expect(await behind(await testPerson(['analyst']), held)).toEqual([second, first])
  })

  it('is of their own agents alone for an owner without a role', async () => {
    const [one, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    const mine = await act(one, 'crm.get_order')
    await act(other, 'crm.get_order')
    const held = await act(one, 'edr.isolate_host')
    expect(await behind(await signedInAs(one.personId), held)).toEqual([mine])
  })

  it('is at most ten', async () => {
    const agent = await governed(pools.superuser)
    const before: string[] = []
    for (let at = 0; at < 12; at += 1) before.push(await act(agent, 'crm.get_order'))
    const held = await act(agent, 'edr.isolate_host')
    expect(await behind(await signedInAs(agent.personId), held)).toEqual(before.toReversed().slice(0, 10))
  })

  it('says what became of the words of a request that are gone', async () => {
    const agent = await governed(pools.superuser)
    const held = await act(agent, 'edr.isolate_host')
    await pools.jobs.query('DELETE FROM ledger.payload WHERE entry_id = $1', [held.slice('act_'.length)])
    const found = await readBehind(
      db(),
      await testPerson(['analyst']),
      { action: held, resource: null, erased: true },
      new Date(),
    )
    expect(found).toEqual({ history: null, gone: { state: 'missing' } })
  })
})
