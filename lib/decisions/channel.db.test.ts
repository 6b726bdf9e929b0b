import { describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { governed } from './governed-testing'
import { introspect } from './introspect'
import { idOf, lifecycle, READ, said } from './lifecycle-testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { propose } = lifecycle(database)

const labelsOf = async (actionId: string, kind: string) => {
  const { rows } = await pools.superuser.query<{ labels: string[] | null }>(
    `SELECT convert_from(envelope, 'UTF8')::jsonb -> 'labels' AS labels FROM ledger.entry WHERE (id = $1 OR action_id = $1) AND kind = $2`,
    [actionId, kind],
  )
  return rows.map(({ labels }) => labels ?? [])
}

describe('how an action came and who ran it', () => {
  it('stands in its entry, as the door that took it says', async () => {
    const agent = await governed(pools.superuser)
    const byHook = await propose({ ...agent, caller: { ...agent.caller, channel: 'hook' } }, READ)
    expect(await labelsOf(idOf(byHook), 'action.decided')).toEqual([['via_hook']])
    expect(await labelsOf(idOf(await propose(agent, READ)), 'action.decided')).toEqual([[]])
  })

  it('says that an executor claimed a grant where another than the agent asked, and not where the agent asked itself', async () => {
    const [agent, executor] = [await governed(pools.superuser), await governed(pools.superuser)]
    for (const [asker, labels] of [
      [executor.agentId, ['by_executor']],
      [agent.agentId, []],
    ] as const) {
      const answer = await propose(agent, READ)
      await introspect(pools.app, said(agent, answer.grant?.token ?? '', READ), asker)
      expect(await labelsOf(idOf(answer), 'action.claimed')).toEqual([labels])
    }
  })
})
