import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/core/json'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { messagesOf, plainServer } from '@/lib/gateway/mcp-testing'
import { engage } from '@/lib/halt/engage'
import { testPerson } from '@/lib/people/testing'
import { proposeUpstream } from '@/lib/upstreams/propose'

const database = await testDatabase()
const { app, defects, tokenOf } = await testGateway(database)
const superuser = database.pools.superuser
const petra = await testPerson(['administrator'])
const dana = await testPerson(['analyst'])
await app.listen({ host: '127.0.0.1', port: 0 })
const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
afterAll(() => {
  expect(defects).toEqual([])
})

type Asked = { method: string; id?: unknown }
let answer: (asked: Asked, response: ServerResponse) => void = () => undefined
const cancelled: { id: unknown; session: unknown }[] = []
let ran = 0
beforeEach(() => {
  cancelled.length = 0
  ran = 0
})
const { url } = await plainServer((request, body, response) => {
  if (request.method === 'GET') return void answer({ method: 'GET' }, response)
  const asked = JSON.parse(body) as Asked & { params?: { requestId?: unknown } }
  if (asked.method === 'notifications/cancelled')
    cancelled.push({ id: asked.params?.requestId, session: request.headers['mcp-session-id'] })
  if (asked.method === 'tools/call') ran += 1
  if (asked.id === undefined) return void response.writeHead(202).end()
  answer(asked, response)
})
const stated = { name: 'crm_live', transport: 'http', address: url, header: null, secret: null, private: true } as const
await proposeUpstream(
  db(),
  petra,
  { ...stated, ownerId: petra.id, reach: 'Orders.', production: false, trusted: false },
  new Date(),
)
const agentOf = () =>
  governed(superuser, { autonomous: [{ tool: 'crm_live.look_up', when: null, reason: null, override: null }] })

const stream = (response: ServerResponse, headers = {}) =>
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers })
const said = (id: unknown, result: object, event: string) =>
  `id: ${event}\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`
/** Ends a stream before it has answered: its client is to fetch the answer elsewhere. */
const later = (response: ServerResponse, headers = {}) => stream(response, headers).end('id: s_0\ndata: \n\n')

// one for each agent: it may not ask for as many as it calls here
const tokens = new Map<string, Promise<string>>()
const ownToken = (agent: Governed): Promise<string> => {
  const known = tokens.get(agent.agentId) ?? tokenOf(agent)
  tokens.set(agent.agentId, known)
  return known
}

async function send(agent: Governed, body: object | null, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${origin}/mcp/crm_live`, {
    method: body === null ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${await ownToken(agent)}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...headers,
    },
    ...(body !== null && { body: JSON.stringify({ jsonrpc: '2.0', ...body }) }),
  })
}
async function ask(agent: Governed, body: object | null, headers?: Record<string, string>): Promise<JsonObject[]> {
  const all: JsonObject[] = []
  for await (const message of messagesOf(await send(agent, body, headers))) all.push(message)
  return all
}
const look = (id: number) => ({ method: 'tools/call', id, params: { name: 'look_up', arguments: { n: id } } })
const statuses = async (agent: Governed) => {
  const { rows } = await superuser.query<{ status: string }>(
    'SELECT status FROM action WHERE agent_id = $1 ORDER BY id',
    [agent.agentId],
  )
  return rows.map(({ status }) => status)
}
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((soon) => setTimeout(soon, 20))
}
const halt = (agent: Governed) =>
  engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by: dana.id, now: new Date() })

describe('a call whose answer is outstanding', () => {
  it.each([
    ['in the session it was asked in', {}, undefined],
    ['in a session that its own answer opened', { 'mcp-session-id': 'opened' }, 'opened'],
  ])('is broken off by a halt, at the server and in the record: %s', async (_, headers, session) => {
    answer = (_asked, response) => later(response, headers)
    const agent = await agentOf()
    await ask(agent, look(7))
    expect(await statuses(agent)).toEqual(['claimed'])
    await halt(agent)
    await until(async () => (await statuses(agent))[0] === 'aborted')
    await until(() => cancelled.length > 0)
    expect(cancelled).toEqual([{ id: 7, session }])
  })

  it('gives way to nothing that is over: a halt still finds it', async () => {
    answer = ({ method, id }, response) =>
      method === 'tools/call' ? later(response) : stream(response).end(said(id, { tools: [] }, `e_${String(id)}`))
    const agent = await agentOf()
    await ask(agent, look(1))
    for (let id = 2; id <= 66; id += 1) await ask(agent, { method: 'tools/list', id })
    expect(await statuses(agent)).toEqual(['claimed'])
    expect(cancelled).toEqual([])
    await halt(agent)
    await until(async () => (await statuses(agent))[0] === 'aborted')
  })

  it('is broken off where it is one too many: never left running where no halt finds it', async () => {
    answer = (_asked, response) => later(response)
    const agent = await agentOf()
    for (let id = 1; id <= 65; id += 1) await ask(agent, look(id))
    await until(() => cancelled.length > 0)
    expect(cancelled).toEqual([{ id: 1, session: undefined }])
    await until(async () => (await statuses(agent))[0] === 'aborted')
    expect((await statuses(agent)).filter((status) => status === 'claimed')).toHaveLength(64)
  })

  it('is broken off, and recorded as that, when its client takes it back', async () => {
    answer = (_asked, response) => later(response)
    const agent = await agentOf()
    await ask(agent, look(7))
    await send(agent, { method: 'notifications/cancelled', params: { requestId: 7 } })
    await until(async () => (await statuses(agent))[0] === 'aborted')
  })
})

describe('a request with the id of one that is still open', () => {
  const refused = [{ id: 7, error: { data: { code: 'id_in_use' } } }]

  it('is refused and runs nothing, while the one before runs and is answered', async () => {
    let finish: () => void = () => undefined
    answer = ({ id }, response) => {
      finish = () => response.end(said(id, { content: [{ type: 'text', text: 'The first.' }] }, 'e_1'))
      stream(response)
    }
    const agent = await agentOf()
    const first = ask(agent, look(7))
    await until(() => ran === 1)
    expect(await ask(agent, look(7))).toMatchObject(refused)
    // still the first one's: taking it back would break off that
    expect(ran).toBe(1)
    finish()
    expect(JSON.stringify(await first)).toContain('The first.')
    expect(await statuses(agent)).toEqual(['succeeded'])
  })

  it('is refused while the answer of the one before is outstanding, which is then recorded as its own', async () => {
    answer = ({ method }, response) =>
      method === 'GET' ? stream(response).end(said(7, { content: [] }, 's_1')) : later(response)
    const agent = await agentOf()
    await ask(agent, look(7))
    expect(await ask(agent, look(7))).toMatchObject(refused)
    expect(await ask(agent, null, { 'last-event-id': 's_0' })).toHaveLength(1)
    expect(await statuses(agent)).toEqual(['succeeded'])
    expect(ran).toBe(1)
  })

  it('is taken where each process counts for itself: of the revision without sessions', async () => {
    const held: (() => void)[] = []
    answer = ({ id }, response) => {
      held.push(() => response.end(said(id, { content: [] }, 'e_1')))
      stream(response)
    }
    const agent = await agentOf()
    const version = { 'mcp-protocol-version': '2026-07-28' }
    const both = [ask(agent, look(7), version), ask(agent, look(7), version)]
    await until(() => held.length === 2)
    for (const finish of held) finish()
    expect((await Promise.all(both)).map((all) => all.length)).toEqual([1, 1])
    expect(await statuses(agent)).toEqual(['succeeded', 'succeeded'])
  })
})
