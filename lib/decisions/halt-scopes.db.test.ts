import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newId, publicId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { engage, type Engagement } from '@/lib/halt/engage'
import { haltReach, haltsFor } from '@/lib/halt/read'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { governed, sampleBoundary, type Governed } from './governed-testing'
import { introspect } from './introspect'
import { HOLD, lifecycle, READ, said } from './lifecycle-testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { held, propose, verdict } = lifecycle(database)
const dana = await testPerson(['analyst'])

let agent: Governed
let other: Governed
let team = ''
beforeEach(async () => {
  ;[agent, other] = [
    await governed(pools.superuser, sampleBoundary()),
    await governed(pools.superuser, sampleBoundary()),
  ]
  await pools.superuser.query(`UPDATE agent SET environment = 'staging' WHERE id = $1`, [other.agentId])
  const { rows } = await pools.superuser.query<{ name: string }>(
    'SELECT t.name FROM team t JOIN agent a ON a.team_id = t.id WHERE a.id = $1',
    [agent.agentId],
  )
  team = rows[0]?.name ?? ''
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
})
afterEach(async () => {
  await pools.superuser.query(`UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL`)
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
})
const stop = (given: Omit<Engagement, 'reason' | 'by' | 'now'>) =>
  engage({ ...given, reason: '', by: dana.id, now: new Date() })
const halted = { decision: 'forbid', reason: { code: 'halted' } }
const nth = { ...READ, arguments: { id: 'again' } }

describe('a halt stops what it names, and nothing else', () => {
  it('an environment: every agent in it, its grants, what it asked; and no agent elsewhere', async () => {
    const grant = (await propose(agent, READ)).grant?.token ?? ''
    const waiting = await held(agent)
    expect(await haltReach(pools.app, 'environment', { environment: 'production' }, new Date())).toMatchObject({
      standing: null,
    })
    const { id } = await stop({ scope: 'environment', environment: 'production' })
    expect(await propose(agent, nth)).toMatchObject(halted)
    expect(await introspect(pools.app, said(agent, grant, READ))).toEqual({ active: false, reason: 'halted' })
    await expect(verdict(waiting.approvalId, waiting.answer.digest, dana, 'approve')).rejects.toMatchObject({
      code: 'frozen',
    })
    expect(await propose(other, READ)).toMatchObject({ decision: 'allow' })
    expect(await haltReach(pools.app, 'environment', { environment: 'production' }, new Date())).toMatchObject({
      standing: publicId('halt', id),
    })
    expect(await haltsFor(pools.app, agent.agentId)).toMatchObject([{ scope: 'environment', target: 'production' }])
    expect(await haltsFor(pools.app, other.agentId)).toEqual([])
  })

  it('a team: its agents', async () => {
    await stop({ scope: 'team', team })
    expect(await propose(agent, READ)).toMatchObject(halted)
    expect(await propose(other, READ)).toMatchObject({ decision: 'allow' })
  })

  it('a tool: its calls by every agent, and what they asked for it; they go on with the rest', async () => {
    await pools.superuser.query(
      `INSERT INTO tool (id, server, name, source) VALUES ($1, 'edr', 'isolate_host', 'person') ON CONFLICT DO NOTHING`,
      [newId()],
    )
    const waiting = await held(agent)
    const grant = (await propose(other, READ)).grant?.token ?? ''
    await stop({ scope: 'tool', tool: 'edr.isolate_host' })
    expect(await propose(agent, { ...HOLD, arguments: { host: 'b' } })).toMatchObject(halted)
    expect(await propose(other, HOLD)).toMatchObject(halted)
    await expect(verdict(waiting.approvalId, waiting.answer.digest, dana, 'reject', 'no')).rejects.toMatchObject({
      code: 'frozen',
    })
    expect(await propose(agent, READ)).toMatchObject({ decision: 'allow' })
    // a grant from before is dead wherever the halt is not the agent's own: the safe side
    expect(await introspect(pools.app, said(other, grant, READ))).toEqual({ active: false, reason: 'revoked' })
  })

  it('a server: every tool of it', async () => {
    await pools.superuser.query(
      `INSERT INTO tool (id, server, name, source) VALUES ($1, 'crm', 'get_order', 'person') ON CONFLICT DO NOTHING`,
      [newId()],
    )
    await stop({ scope: 'server', server: 'crm' })
    expect(await propose(agent, READ)).toMatchObject(halted)
    expect(await propose(agent, HOLD)).toMatchObject({ decision: 'hold' })
  })
})

describe('nothing is half engaged by', () => {
  it.each<[string, Omit<Engagement, 'reason' | 'by' | 'now'>, string]>([
    ['an environment there is not', { scope: 'environment', environment: 'moon' }, 'environment'],
    ['a team there is not', { scope: 'team', team: 'nobody' }, 'team'],
    ['an agent there is not', { scope: 'agent', agent: 'nobody' }, 'agent'],
    ['a server nobody knows', { scope: 'server', server: 'nowhere' }, 'server'],
    ['a tool nobody knows', { scope: 'tool', tool: 'nowhere.at_all' }, 'tool'],
    ['a time to look again that is over', { scope: 'organisation', until: '2020-01-01T00:00:00Z' }, 'until'],
  ])('%s', async (_, given, field) => {
    await expect(stop(given)).rejects.toMatchObject({ field })
    const { rows } = await pools.superuser.query('SELECT 1 FROM halt WHERE lifted_at IS NULL')
    expect(rows).toEqual([])
  })

  it('the same scope twice: the first stands and is named', async () => {
    const first = await stop({ scope: 'environment', environment: 'production' })
    expect(await stop({ scope: 'environment', environment: 'production' })).toEqual({ id: first.id, already: true })
  })
})
