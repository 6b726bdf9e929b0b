import type { ServerResponse } from 'node:http'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { answerAction } from '@/lib/decisions/answer'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { plainServer } from '@/lib/gateway/mcp-testing'
import { testPerson } from '@/lib/people/testing'
import { proposeUpstream } from '@/lib/upstreams/propose'

const database = await testDatabase()
const { ask, defects, tokenOf } = await testGateway(database)
const superuser = database.pools.superuser
const petra = await testPerson(['administrator'])
const dana = await testPerson(['analyst'])
afterAll(() => {
  expect(defects).toEqual([])
})

let ran = 0
let answer: (response: ServerResponse, id: unknown) => unknown = () => undefined
beforeEach(() => (ran = 0))
const served = await plainServer(async (_, body, response) => {
  const { id, method } = JSON.parse(body) as { id?: unknown; method: string }
  if (method !== 'tools/call') return void response.writeHead(202).end()
  ran += 1
  await answer(response, id)
})
const done = (response: ServerResponse, id: unknown) =>
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'It is done.' }] } }))
const { url } = served
const upstream = async (name: string, address: string) => {
  const stated = { name, transport: 'http', address, header: null, secret: null, private: true } as const
  const input = { ...stated, ownerId: petra.id, reach: 'Orders.', production: false, trusted: false }
  await proposeUpstream(db(), petra, input, new Date())
}
await upstream('crm_live', url)
const gone = await plainServer(() => undefined)
gone.close()
await upstream('gone', gone.url)

const agentOf = (held = false): Promise<Governed> => {
  const rules = ['crm_live.refund', 'gone.refund'].map((tool) => ({ tool, when: null, reason: null }))
  return governed(
    superuser,
    held ? { approval_required: rules } : { autonomous: rules.map((rule) => ({ ...rule, override: null })) },
  )
}
const call = async (token: string, server = 'crm_live', headers: Record<string, string> = {}, id = 7) => {
  const body = { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'refund', arguments: { order: '7' } } }
  const accept = { accept: 'application/json, text/event-stream', ...headers }
  return JSON.stringify((await ask('POST', `/mcp/${server}`, token, body, accept)).body)
}
const NOTHING = /nothing has run|did not run/i

describe('before anything was forwarded', () => {
  it('an agent is told that nothing has run', async () => {
    const said = await call(await tokenOf(await agentOf()), 'crm_live', { 'countersign-run': 'run_nonsense' })
    expect(said).toMatch(NOTHING)
    expect(ran).toBe(0)
  })

  it('an agent is told so where no connection could be made', async () => {
    const said = await call(await tokenOf(await agentOf()), 'gone')
    expect(said).toMatch(/did not reach the server: nothing has run/)
    expect(said).toContain('upstream_unreachable')
    expect(said).toMatch(/Decision act_/)
  })
})

describe('once it was forwarded', () => {
  const ways: [string, (response: ServerResponse, id: unknown) => unknown][] = [
    ['the server breaks off', (response) => response.destroy()],
    [
      'the server answers nonsense',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
    ],
    [
      'the server ends its stream',
      (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
    ],
  ]
  it.each(ways)('no agent is told that nothing has run: %s', async (_, way) => {
    answer = way
    const said = await call(await tokenOf(await agentOf()))
    expect(ran).toBe(1)
    expect(said).toMatch(/may have run/)
    expect(said).not.toMatch(NOTHING)
  })

  it('nor where what came of it cannot be recorded: the result is withheld, and its decision named', async () => {
    const agent = await agentOf()
    answer = async (response, id) => {
      // somebody else reports an outcome of this very call meanwhile
      await superuser.query(`UPDATE action SET status = 'succeeded' WHERE agent_id = $1`, [agent.agentId])
      done(response, id)
    }
    const said = await call(await tokenOf(agent))
    expect(said).toMatch(/may have run.*could not be recorded.*Decision act_/)
    expect(said).not.toMatch(NOTHING)
    expect(said).not.toContain('It is done.')
  })

  it('nor where the run it belongs to cannot be tainted by what came back: the result is withheld', async () => {
    const agent = await agentOf()
    answer = async (response, id) => {
      // the run ends while the server works, and the agent may have no other
      await superuser.query(
        `UPDATE run SET closed_at = clock_timestamp(), lease_until = opened_at WHERE agent_id = $1`,
        [agent.agentId],
      )
      await superuser.query(`UPDATE agent SET state = 'suspended' WHERE id = $1`, [agent.agentId])
      done(response, id)
    }
    const said = await call(await tokenOf(agent))
    expect(said).not.toMatch(NOTHING)
    expect(ran).toBe(1)
  })
})

describe('two requests for the same call', () => {
  it('are answered by one execution, and neither is told that nothing has run', async () => {
    answer = done
    const token = await tokenOf(await agentOf(true))
    const both = [call(token), call(token, 'crm_live', {}, 8)]
    const waiting = async () => {
      const { rows } = await superuser.query<{ id: string; digest: Buffer }>(
        `SELECT id, digest FROM approval WHERE status = 'pending'`,
      )
      return rows[0]
    }
    let row = await waiting()
    while (row === undefined) {
      await new Promise((soon) => setTimeout(soon, 20))
      row = await waiting()
    }
    const { id: approvalId, digest } = row
    const verdict = {
      approvalId,
      digest,
      actor: dana,
      answer: 'approve',
      reason: 'It is right.',
      now: new Date(),
    } as const
    await transaction((tx) => answerAction(tx, verdict))
    const said = await Promise.all(both)
    expect(ran).toBe(1)
    expect(said.filter((one) => one.includes('It is done.'))).toHaveLength(1)
    expect(said.filter((one) => /Another request of this agent (?:took|ran)/.test(one))).toHaveLength(1)
    for (const one of said) expect(one).not.toMatch(NOTHING)
  })
})
