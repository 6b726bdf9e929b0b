import { afterAll, describe, expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { plainServer } from '@/lib/gateway/mcp-testing'
import { testPerson } from '@/lib/people/testing'
import { proposeUpstream } from '@/lib/upstreams/propose'

const database = await testDatabase()
const { ask, defects, tokenOf } = await testGateway(database)
const petra = await testPerson(['administrator'])
afterAll(() => {
  expect(defects).toEqual([])
})
const { url, requests } = await plainServer((_, body, response) => {
  const { id } = JSON.parse(body) as { id: unknown }
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }))
})
const stated = { name: 'crm_live', transport: 'http', address: url, header: null, secret: null, private: true } as const
await proposeUpstream(
  db(),
  petra,
  { ...stated, ownerId: petra.id, reach: 'Orders.', production: false, trusted: false },
  new Date(),
)
const agentOf = () =>
  governed(database.pools.superuser, {
    autonomous: [{ tool: 'crm_live.look_up', when: null, reason: null, override: null }],
  })
const accept = { accept: 'application/json, text/event-stream' }

describe('a call', () => {
  it('is forwarded as it was decided, and nothing rides along', async () => {
    const call = {
      ...{ jsonrpc: '2.0', id: 7, method: 'tools/call', extra: { name: 'delete_all' } },
      params: {
        ...{ name: 'look_up', arguments: { order: '1' }, toolArguments: { order: '2' } },
        _meta: { progressToken: 3, 'example.com/as': 'root' },
      },
    }
    const headers = { ...accept, 'mcp-param-order': '2', 'mcp-name': 'look_up' }
    expect(await ask('POST', '/mcp/crm_live', await tokenOf(await agentOf()), call, headers)).toMatchObject({
      status: 200,
    })
    const [sent] = requests.splice(0)
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      ...{ jsonrpc: '2.0', id: 7, method: 'tools/call' },
      params: { name: 'look_up', arguments: { order: '1' }, _meta: { progressToken: 3 } },
    })
    expect(sent?.headers).toMatchObject({ 'mcp-name': 'look_up' })
    expect(sent?.headers).not.toHaveProperty('mcp-param-order')
  })

  it.each([{ inputResponses: { 1: {} } }, { requestState: 'state' }])(
    'is refused with what no decision covers: %j',
    async (more) => {
      const params = { name: 'look_up', arguments: {}, ...more }
      const call = { jsonrpc: '2.0', id: 8, method: 'tools/call', params }
      expect(await ask('POST', '/mcp/crm_live', await tokenOf(await agentOf()), call, accept)).toMatchObject({
        body: { id: 8, error: { code: -32_602, message: expect.stringContaining('requestState') as unknown } },
      })
      expect(requests.splice(0)).toEqual([])
    },
  )
})
