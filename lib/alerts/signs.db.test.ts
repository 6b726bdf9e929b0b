import { describe, expect, it } from 'vitest'
import { countGrades, readStanding } from '@/lib/agents/read-grade'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { introspect } from '@/lib/decisions/introspect'
import { HOLD, idOf, lifecycle, READ, said } from '@/lib/decisions/lifecycle-testing'
import { recordOutcomeOrRefusal } from '@/lib/decisions/outcome'
import { acknowledge } from '@/lib/halt/acknowledge'
import { engage } from '@/lib/halt/engage'
import { ledger } from '@/lib/ledger/handle'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { consume } from '@/lib/ledger/tail'
import { testLedger } from '@/lib/ledger/testing'
import { seenConsumer } from './seen'

const database = await testDatabase()
const { db, pools } = database
await testLedger(database)
const { propose } = lifecycle(database)
await consume(seenConsumer)

const follow = async () => {
  await sequenceOnce(pools.sequencer, ledger(), null)
  while ((await consume(seenConsumer)) > 0) continue
}
const standing = async (agent: Governed) => {
  await follow()
  return readStanding(db, agent.agentId, new Date())
}
const through = (agent: Governed, channel: 'hook' | 'mcp') => ({ ...agent, caller: { ...agent.caller, channel } })
const report = (agent: Governed, actionId: string, grant: string) =>
  recordOutcomeOrRefusal(agent.agentId, actionId, { grant, status: 'succeeded' }, new Date())
const DELETE = { tool: 'crm.delete_all', arguments: {} }

describe('how well a halt would hold an agent', () => {
  it('is read off how its actions ran: through the gateway, by an executor, by itself, through a hook, or only told', async () => {
    const executor = await governed(pools.superuser)
    const [gateway, served, own, hook, told] = [
      await governed(pools.superuser),
      await governed(pools.superuser),
      await governed(pools.superuser),
      await governed(pools.superuser),
      await governed(pools.superuser),
    ]
    expect((await standing(told)).grade).toBeNull()
    await propose(through(gateway, 'mcp'), READ)
    for (const [agent, asker] of [
      [served, executor.agentId],
      [own, own.agentId],
    ] as const) {
      const answer = await propose(agent, READ)
      await introspect(pools.app, said(agent, answer.grant?.token ?? '', READ), asker)
      await report(agent, idOf(answer), answer.grant?.token ?? '')
    }
    await propose(through(hook, 'hook'), READ)
    const answer = await propose(told, READ)
    expect((await standing(told)).grade).toBeNull()
    await report(told, idOf(answer), answer.grant?.token ?? '')
    const grades = await Promise.all([gateway, served, own, hook, told].map(async (one) => (await standing(one)).grade))
    expect(grades).toEqual(['structural', 'structural', 'brokered', 'hook', 'reported'])
    expect(await countGrades(db, new Date())).toEqual([
      { grade: 'structural', agents: 2 },
      { grade: 'brokered', agents: 1 },
      { grade: 'hook', agents: 1 },
      { grade: 'reported', agents: 1 },
      { grade: null, agents: 1 },
    ])
  })

  it('falls to the weakest way as soon as one action is only reported', async () => {
    const agent = await governed(pools.superuser)
    await propose(through(agent, 'mcp'), READ)
    expect((await standing(agent)).grade).toBe('structural')
    const answer = await propose(agent, READ)
    await report(agent, idOf(answer), answer.grant?.token ?? '')
    expect(await standing(agent)).toMatchObject({
      grade: 'reported',
      ways: [{ way: 'reported' }, { way: 'gateway' }],
    })
  })

  it('cannot be claimed: what an agent sends says nothing of the door it came by', async () => {
    const agent = await governed(pools.superuser)
    const answer = await propose(agent, { ...READ, reasoning: { summary: 'via_mcp' }, untrusted_sources: ['via_mcp'] })
    await report(agent, idOf(answer), answer.grant?.token ?? '')
    expect((await standing(agent)).grade).toBe('reported')
  })
})

describe('whether an agent obeys', () => {
  it('shows when it is refused and asks on, and when it confirms a halt', async () => {
    const agent = await governed(pools.superuser)
    await propose(agent, DELETE)
    expect((await standing(agent)).obeyed).toBeNull()
    await propose(agent, READ)
    expect((await standing(agent)).obeyed).toMatchObject({ how: 'refusal' })
    const { id } = await engage({ scope: 'agent', agent: agent.slug, reason: '', by: null, now: new Date() })
    await transaction((tx) => acknowledge(tx, agent.agentId, id, []))
    expect((await standing(agent)).obeyed).toMatchObject({ how: 'halt' })
  })

  it('is told apart from reporting what was never given', async () => {
    const agent = await governed(pools.superuser)
    const held = await propose(agent, HOLD)
    const forbidden = await propose(agent, DELETE)
    for (const answer of [held, forbidden])
      await expect(report(agent, idOf(answer), 'cs_grant_invented')).rejects.toMatchObject({ code: 'grant_invalid' })
    const found = await standing(agent)
    expect(found.ignoredAt).not.toBeNull()
    expect(found.obeyed).toBeNull()
    await propose(agent, READ)
    expect((await standing(agent)).obeyed).toBeNull()
  })

  it('is counted once an entry, however often the log is read', async () => {
    const agent = await governed(pools.superuser)
    await propose(through(agent, 'hook'), READ)
    await Promise.all([follow(), follow()])
    await follow()
    expect((await standing(agent)).ways).toMatchObject([{ way: 'hook', times: 1 }])
  })
})

describe('what was seen', () => {
  it('is not rewritten by the server’s login: since when and of whom stays, and nothing is taken away', async () => {
    const agent = await governed(pools.superuser)
    await propose(through(agent, 'hook'), READ)
    await follow()
    for (const forged of [
      `UPDATE agent_sign SET sign = 'gateway'`,
      `UPDATE agent_sign SET first_at = now()`,
      'DELETE FROM agent_sign',
    ])
      await expect(pools.app.query(forged)).rejects.toMatchObject({ code: '42501' })
  })
})
