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
const { url } = await mcpServer((server) => {
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
