import { afterAll, describe, expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { mcpServer } from '@/lib/gateway/mcp-testing'
import { entriesOf, testPerson } from '@/lib/people/testing'
import { proposeUpstream } from '@/lib/upstreams/propose'

const database = await testDatabase()
const { ask, defects, tokenOf } = await testGateway(database)
const petra = await testPerson(['administrator'])
afterAll(() => {
  expect(defects).toEqual([])
})
const { url, requests } = await mcpServer((server) => {
  server.registerTool('look_up', {}, () => ({ content: [] }))
})
const stated = { name: 'crm_live', transport: 'http', address: url, header: null, secret: null, private: true } as const
await proposeUpstream(
  db(),
  petra,
  { ...stated, ownerId: petra.id, reach: 'Orders.', production: false, trusted: false },
  new Date(),
)
const agentOf = () => governed(database.pools.superuser, { mcp_scopes: { crm_live: ['read'] } })

describe('a method nobody knows', () => {
  it.each([
    ['2025-11-25', 200],
    ['2026-07-28', 404],
  ])('is refused, and noted once: revision %s', async (version, status) => {
    const agent = await agentOf()
    const token = await tokenOf(agent)
    const headers = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': version }
    for (const id of [1, 2])
      expect(
        await ask('POST', '/mcp/crm_live', token, { jsonrpc: '2.0', id, method: 'tasks/cancel', params: {} }, headers),
      ).toMatchObject({ status, body: { id, error: { code: -32_601 } } })
    const refused = (await entriesOf(database, 'upstream.refused')).filter((entry) => entry.agent === agent.agentId)
    expect(refused).toMatchObject([{ labels: ['unknown_method'] }])
  })
})

describe('a message that is none', () => {
  it.each([
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', {}, -32_600],
    ['no JSON', '{"jsonrpc":', {}, -32_700],
    ['no JSON-RPC', '{"id":1,"method":"ping"}', {}, -32_600],
    [
      'a header that says something else',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look_up"}}',
      { 'mcp-method': 'tools/list' },
      -32_020,
    ],
    [
      'a name that says something else',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_all"}}',
      { 'mcp-name': 'look_up' },
      -32_020,
    ],
  ])('is refused: %s', async (_, body, headers, code) => {
    const token = await tokenOf(await agentOf())
    const answer = await ask('POST', '/mcp/crm_live', token, body, {
      accept: 'application/json, text/event-stream',
      ...headers,
    })
    expect(answer).toMatchObject({ status: 400, body: { error: { code } } })
  })
})

describe('a message without an id', () => {
  const accept = { accept: 'application/json, text/event-stream' }
  it.each([
    ['a call', 'tools/call', { name: 'look_up' }],
    ['a read', 'resources/read', { uri: 'file:///etc/passwd' }],
    ['a list', 'tools/list', {}],
    ['a notification of tasks', 'notifications/tasks/status', { taskId: '1' }],
    ['a notification nobody knows', 'notifications/unheard', {}],
  ])('never reaches the upstream unjudged: %s', async (_, method, params) => {
    const agent = await agentOf()
    const before = requests.length
    const answer = await ask('POST', '/mcp/crm_live', await tokenOf(agent), { jsonrpc: '2.0', method, params }, accept)
    expect(answer).toMatchObject({ status: 400, body: { error: { code: -32_600 } } })
    expect(requests.slice(before)).toEqual([])
    const refused = (await entriesOf(database, 'upstream.refused')).filter((entry) => entry.agent === agent.agentId)
    expect(refused).toMatchObject([{ labels: ['unknown_notification'] }])
  })

  it.each([
    ['a notification', { method: 'notifications/initialized' }],
    ['an answer', { id: 1, result: {} }],
  ])('is refused where a header says something else: %s', async (_, said) => {
    const before = requests.length
    const headers = { ...accept, 'mcp-method': 'tools/call', 'mcp-name': 'look_up' }
    const answer = await ask(
      'POST',
      '/mcp/crm_live',
      await tokenOf(await agentOf()),
      { jsonrpc: '2.0', ...said },
      headers,
    )
    expect(answer).toMatchObject({ status: 400, body: { error: { code: -32_020 } } })
    expect(requests.slice(before)).toEqual([])
  })

  it('is passed on where a client may send it, without what the protocol does not know', async () => {
    const before = requests.length
    const sent = { jsonrpc: '2.0', method: 'notifications/initialized', else: 'tools/call' }
    expect(await ask('POST', '/mcp/crm_live', await tokenOf(await agentOf()), sent, accept)).toMatchObject({
      status: 202,
    })
    expect(requests.slice(before).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { jsonrpc: '2.0', method: 'notifications/initialized', params: {} },
    ])
  })
})
