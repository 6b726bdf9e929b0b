import { afterEach, describe, expect, it } from 'vitest'
import { sampleAgent, sampleCredential } from '@/lib/agents/testing'
import { db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { testDatabase } from '@/lib/db/testing'
import { sampleSigned, sampleTool } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { boundaryOf } from '@/lib/decisions/testing'
import { engage } from '@/lib/halt/engage'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { mayValues, readMay } from './may-contract'
import { whatMay } from './what-may'
import { whoMay } from './who-may'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
lifecycle(database)
const dana = await testPerson(['analyst'])
await pools.superuser.query(`INSERT INTO organisation (name) VALUES ('Northwind') ON CONFLICT DO NOTHING`)
await sampleTool(pools.superuser, 'order.read', 'read')
await sampleTool(pools.superuser, 'order.refund', 'write', false)

/** An agent under a text, so that answers can name its lines. */
async function under(slug: string, text: string, credential = true): Promise<string> {
  const agent = await sampleAgent(pools.superuser)
  await pools.superuser.query('UPDATE agent SET slug = $2 WHERE id = $1', [agent.agentId, slug])
  if (credential) await sampleCredential(pools.superuser, agent)
  const source = `agent: ${slug}\n${text}`
  await sampleSigned(pools.superuser, agent, boundaryOf(source), source)
  return agent.agentId
}
const alone =
  'mcp_scopes:\n  order: [read, write]\nautonomous:\n  - tool: order.refund\n    when: args.amount < 100\n    override: small\n'
const held = 'mcp_scopes:\n  order: [read]\napproval_required:\n  - tool: order.refund\n    by: ciso\n'
const adam = await under('adam', alone)
await under('berta', held)
await under('carl', 'mcp_scopes:\n  order: [read]\nnever:\n  - order.refund\n')
await under('dora', held, false)

async function ask(params: Record<string, string>) {
  const read = readMay(mayValues(params), 'agents')
  if (!read.ok || read.tool === null) throw new Error('unread')
  return whoMay(db(), pool('app'), read.tool, read.call, read.view, { now: new Date() })
}
const rows = async (params: Record<string, string>) =>
  Object.fromEntries((await ask(params)).rows.map((row) => [row.agent.slug, row]))
const refund = { tool: 'order.refund', type: 'order', id: 'A-17' }

afterEach(async () => {
  await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
})

describe('which agents may do this to that', () => {
  it('says of each what would happen, by which line of which version, and whom it would ask', async () => {
    const found = await ask({ ...refund, args: '{"amount": 20}' })
    expect(found.counts).toEqual({ alone: 1, held: 1, never: 2 })
    const by = Object.fromEntries(found.rows.map((row) => [row.agent.slug, row]))
    expect(by['adam']).toMatchObject({
      may: 'alone',
      place: { rule: 'autonomous[0]', line: 5, version: 1, of: 'adam' },
    })
    expect(by['berta']).toMatchObject({
      may: 'held',
      asked: [['ciso']],
      place: { rule: 'approval_required[0]', line: 5 },
    })
    expect(by['carl']).toMatchObject({ may: 'never', told: { code: 'never' }, place: { text: '- order.refund' } })
  })

  it('says of an agent without a credential that it cannot ask, and what its rules would answer', async () => {
    expect((await rows(refund))['dora']).toMatchObject({ may: 'never', stopped: 'no_credential', otherwise: 'held' })
  })

  it('names the rules that read arguments nobody said, and none once they are said', async () => {
    expect((await rows(refund))['adam']).toMatchObject({ may: 'held', depends: ['autonomous[0]'] })
    expect((await rows({ ...refund, args: '{"amount": 500}' }))['adam']).toMatchObject({ may: 'held', depends: [] })
  })

  it('names the rules that read what is known of the resource, until that is said', async () => {
    await under(
      'gerd',
      'mcp_scopes:\n  order: [read]\nnever:\n  - tool: order.read\n    when: has(resource.status) && resource.status == "closed"\n',
    )
    const reads = { tool: 'order.read', type: 'order', id: 'A-17', args: '{}' }
    expect((await rows(reads))['gerd']).toMatchObject({ may: 'alone', depends: ['never[0]'] })
    expect((await rows({ ...reads, of: '{"status": "closed"}' }))['gerd']).toMatchObject({ may: 'never', depends: [] })
    await pools.superuser.query(`UPDATE agent SET state = 'retired' WHERE slug = 'gerd'`)
  })

  it('shows a halt as what stops an agent, and what it would do without it, at once', async () => {
    expect((await rows(refund))['berta']).toMatchObject({ stopped: null })
    await engage({ scope: 'agent', agent: 'berta', reason: '', by: dana.id, now: new Date() })
    const found = await ask(refund)
    expect(found.halted).toBe(1)
    expect(found.rows.find(({ agent }) => agent.slug === 'berta')).toMatchObject({
      may: 'never',
      stopped: 'halted',
      otherwise: 'held',
    })
  })

  it('looks at a schema only where the arguments are said', async () => {
    await sampleTool(pools.superuser, 'order.find', 'read')
    await pools.superuser.query(
      `UPDATE tool SET schema = '{"type": "object", "required": ["q"]}' WHERE server = 'order' AND name = 'find'`,
    )
    expect((await rows({ tool: 'order.find' }))['adam']).toMatchObject({ may: 'alone' })
    expect((await rows({ tool: 'order.find', args: '{}' }))['adam']).toMatchObject({
      may: 'never',
      told: { code: 'invalid_arguments' },
    })
  })

  it('is filtered by answer and name, and goes on after a name, with the counts of all that were asked about', async () => {
    const never = await ask({ ...refund, answer: 'never' })
    expect(never.rows.map(({ agent }) => agent.slug)).toEqual(['carl', 'dora'])
    expect(never.counts.held).toBe(2)
    expect((await ask({ ...refund, after: 'berta' })).rows.map(({ agent }) => agent.slug)).toEqual(['carl', 'dora'])
    expect((await ask({ ...refund, q: 'ADA' })).rows.map(({ agent }) => agent.slug)).toEqual(['adam'])
  })

  it('records nothing', async () => {
    const count = async () =>
      (
        await pools.superuser.query<{ n: number }>(
          'SELECT (SELECT count(*) FROM action) + (SELECT count(*) FROM ledger.entry) AS n',
        )
      ).rows[0]?.n
    const before = await count()
    await ask(refund)
    expect(await count()).toBe(before)
  })
})

describe('what may this agent do', () => {
  const what = async (agentId: string, params: Record<string, string>) => {
    const values = mayValues(params)
    const read = readMay(values, 'tools')
    if (!read.ok) throw new Error('unread')
    return whatMay(db(), pool('app'), agentId, values.type, read.call, read.view, new Date())
  }

  it('answers for every tool of the kind, and for those only its boundary names', async () => {
    const elsa = await under('elsa', 'mcp_scopes:\n  order: [read]\nnever:\n  - order.delete_all\n')
    const found = await what(elsa, { type: 'order' })
    expect(found.rows.map(({ tool, may, known }) => [tool, may, known])).toEqual([
      ['order.delete_all', 'never', 'unknown'],
      ['order.find', 'alone', 'confirmed'],
      ['order.read', 'alone', 'confirmed'],
      ['order.refund', 'never', 'confirmed'],
    ])
    expect(found.boundary).toEqual({ version: 1 })
  })

  it('is asked about one thing with its properties', async () => {
    const frida = await under(
      'frida',
      'mcp_scopes:\n  order: [read]\nnever:\n  - tool: order.read\n    when: has(resource.status) && resource.status == "closed"\n',
    )
    const read = async (of: string) =>
      (await what(frida, { type: 'order', id: 'A-17', of, args: '{}' })).rows.find(({ tool }) => tool === 'order.read')
        ?.may
    expect(await read('{"status": "open"}')).toBe('alone')
    expect(await read('{"status": "closed"}')).toBe('never')
  })

  it('of tools on other servers asks where no kind is said', async () => {
    expect((await what(adam, {})).rows.map(({ tool }) => tool)).toContain('order.refund')
    expect((await what(adam, { type: 'nothing' })).rows).toEqual([])
  })
})
