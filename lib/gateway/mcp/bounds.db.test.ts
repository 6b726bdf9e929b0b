import { afterAll, describe, expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { plainServer } from '@/lib/gateway/mcp-testing'
import { testPerson } from '@/lib/people/testing'
import { proposeUpstream } from '@/lib/upstreams/propose'
import { StdioProgram } from '@/lib/upstreams/stdio'
import { Admission } from './admission'

const database = await testDatabase()
const { ask, defects, tokenOf } = await testGateway(database)
const petra = await testPerson(['administrator'])
afterAll(() => {
  expect(defects).toEqual([])
})
const agentOf = () => governed(database.pools.superuser, { mcp_scopes: { slow: ['read'] } })
const accept = { accept: 'application/json, text/event-stream' }

describe('what one agent may have open', () => {
  it('is bounded, and leaves room for others and for taking calls back', async () => {
    const waiting: (() => void)[] = []
    const { url } = await plainServer((_, body, response) => {
      const { id } = JSON.parse(body) as { id?: number }
      if (id === undefined) return void response.writeHead(202).end()
      const answer = () => {
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id, result: {} }))
      }
      if (id < 100) waiting.push(answer)
      else answer()
    })
    const stated = { name: 'slow', transport: 'http', address: url, header: null, secret: null, private: true } as const
    await proposeUpstream(
      db(),
      petra,
      { ...stated, ownerId: petra.id, reach: 'Orders.', production: false, trusted: false },
      new Date(),
    )
    const token = await tokenOf(await agentOf())
    const ping = (id: number, as = token) =>
      ask('POST', '/mcp/slow', as, { jsonrpc: '2.0', id, method: 'ping' }, accept)
    const open = Array.from({ length: 32 }, (_, id) => ping(id))
    while (waiting.length < 32) await new Promise((done) => setTimeout(done, 10))
    expect(await ping(100)).toMatchObject({ status: 429, body: { error: { data: { code: 'too_many_requests' } } } })
    expect((await ask('GET', '/mcp/slow', token, undefined, accept)).status).toBe(429)
    expect(await ping(101, await tokenOf(await agentOf()))).toMatchObject({ status: 200 })
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }
    expect((await ask('POST', '/mcp/slow', token, cancel, accept)).status).toBe(202)
    for (const answer of waiting) answer()
    expect((await Promise.all(open)).map(({ status }) => status)).toEqual(Array.from({ length: 32 }, () => 200))
    expect(await ping(102)).toMatchObject({ status: 200 })
  })
})

describe('what all agents may have open', () => {
  it('is bounded, and what has ended makes room', () => {
    const admission = new Admission({ ofAgent: 2, inAll: 3 })
    const leave = admission.enter('a')
    admission.enter('a')
    admission.enter('b')
    expect(() => admission.enter('c')).toThrow('As many requests are open')
    leave()
    leave()
    admission.enter('c')
    expect(() => admission.enter('d')).toThrow('As many requests are open')
  })
})

describe('a program that reads nothing', () => {
  it('is ended before what it leaves unread fills this process', async () => {
    let ended = false
    const program = new StdioProgram(
      { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env: {} },
      () => (ended = true),
    )
    const text = 'x'.repeat(1_024 * 1_024)
    const request = { jsonrpc: '2.0', id: 1, method: 'ping' }
    const wide = { idleMs: 60_000, totalMs: null, maxBytes: null }
    const asked = program.request(request, new AbortController().signal, wide, () => undefined)
    for (let i = 0; i < 7; i += 1) program.notify({ text })
    expect(program.alive).toBe(true)
    for (let i = 0; i < 3; i += 1) program.notify({ text })
    expect(program.alive).toBe(false)
    await expect(asked).rejects.toMatchObject({ upstream: 'upstream_program' })
    while (!ended) await new Promise((done) => setTimeout(done, 10))
  })
})
