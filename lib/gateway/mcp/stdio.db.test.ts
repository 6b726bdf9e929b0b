import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, describe, expect, it } from 'vitest'
import { claudeCode, startSession } from '@/e2e/support/claude-code'
import { script, scriptedModel } from '@/e2e/support/scripted-model'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { outside } from '@/lib/gateway/mcp-testing'
import { engage } from '@/lib/halt/engage'
import { testPerson } from '@/lib/people/testing'
import { confirmTool } from '@/lib/tools/confirm'
import { listTools } from '@/lib/tools/read'
import { connectUpstream, disconnectUpstream } from '@/lib/upstreams/connect'
import { programsFile } from '@/lib/upstreams/programs'
import { proposeUpstream } from '@/lib/upstreams/propose'
import { readUpstream } from '@/lib/upstreams/read'

const database = await testDatabase()
const { app, ask, defects, tokenOf, dataFolder } = await testGateway(database, { mcp: { holdMs: 500, stepMs: 100 } })
const superuser = database.pools.superuser
const [petra, dana, ilse] = [
  await testPerson(['administrator']),
  await testPerson(['analyst']),
  await testPerson(['ciso']),
]
await app.listen({ host: '127.0.0.1', port: 0 })
const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-files-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  expect(defects).toEqual([])
})

const modules = outside('servers')
const entry = (name: string) => path.join(modules ?? '', `@modelcontextprotocol/server-${name}/dist/index.js`)
const node = process.execPath
/** A program that works on a call for ever, deaf to being asked to end; a heedful one ends the call, and says so, when it is cancelled. */
const working = (heedful: boolean) => `
  if (!${String(heedful)}) process.on('SIGTERM', () => undefined)
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, params } = JSON.parse(line)
    if (method === 'tools/call')
      require('node:fs').writeFileSync(process.argv[1] + '/' + params.name, String(process.pid))
    if (method === 'notifications/cancelled' && ${String(heedful)})
      console.log(JSON.stringify({ jsonrpc: '2.0', id: params.requestId, error: { code: -1, message: 'Cancelled.' } }))
  })
  setInterval(() => undefined, 1_000)`
writeFileSync(
  programsFile(dataFolder),
  JSON.stringify({
    files: { command: node, args: [entry('filesystem'), folder] },
    memory: { command: node, args: [entry('memory')], env: { MEMORY_FILE_PATH: path.join(folder, 'memory.json') } },
    everything: { command: node, args: [entry('everything'), 'stdio'] },
    rude: { command: node, args: ['-e', 'console.log("Listening…"); setInterval(() => {}, 1000)'] },
    absent: { command: '/nonexistent/program' },
    deaf: { command: node, args: ['-e', working(false), folder] },
    heedful: { command: node, args: ['-e', working(true), folder] },
    lingering: { command: node, args: ['-e', working(false), folder] },
  }),
)

/** Connects a program, signed for by a ciso: only the tests write what it returns. */
async function connect(name: string): Promise<string> {
  const stated = { name, transport: 'stdio', address: name, header: null, secret: null, private: false } as const
  const { id, connected } = await proposeUpstream(
    db(),
    petra,
    { ...stated, ownerId: dana.id, reach: 'A folder of the tests.', production: false, trusted: true },
    new Date(),
  )
  expect(connected).toBe(false)
  await connectUpstream(db(), ilse, id, (await readUpstream(db(), name)).digest)
  return id
}

async function clientOf(server: string, access: 'read' | 'write') {
  const agent = await governed(superuser, {
    mcp_scopes: { [server]: access === 'read' ? ['read'] : ['read', 'write'] },
    approval_required: [],
    never: [],
  })
  const token = await tokenOf(agent)
  const client = new Client({ name: 'a test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${origin}/mcp/${server}`), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  )
  return client
}

/** Lists once, and confirms each tool: as a read where its server says so, else as a write that can be undone. */
async function confirmed(server: string): Promise<void> {
  const client = await clientOf(server, 'write')
  await client.listTools()
  await client.close()
  for (const tool of (await listTools(db())).filter((one) => one.server === server)) {
    const said =
      tool.annotations?.readOnlyHint === true
        ? { access: 'read' as const }
        : { access: 'write' as const, reversible: true }
    await confirmTool(db(), dana, tool.id, { class: said, surface: null, digest: tool.digest.toString('hex') })
  }
}
const textOf = (result: unknown) => (result as { content: { text: string }[] }).content[0]?.text ?? ''

describe.skipIf(modules === null)('the reference servers behind the gateway', () => {
  it('filesystem: reads where it may read, writes only where it may write, and never outside its folder', async () => {
    await connect('files')
    await confirmed('files')
    writeFileSync(path.join(folder, 'note.txt'), 'a note')
    const reader = await clientOf('files', 'read')
    expect((await reader.listTools()).tools.map(({ name }) => name)).not.toContain('write_file')
    expect(
      textOf(await reader.callTool({ name: 'read_text_file', arguments: { path: path.join(folder, 'note.txt') } })),
    ).toBe('a note')
    const refused = await reader.callTool({
      name: 'write_file',
      arguments: { path: path.join(folder, 'x'), content: 'x' },
    })
    expect(refused.isError).toBe(true)
    expect(existsSync(path.join(folder, 'x'))).toBe(false)
    const writer = await clientOf('files', 'write')
    await writer.callTool({ name: 'write_file', arguments: { path: path.join(folder, 'y'), content: 'why' } })
    expect(readFileSync(path.join(folder, 'y'), 'utf8')).toBe('why')
    await reader.close()
    await writer.close()
  })

  it('memory: keeps what it is told, for the session it was told in', async () => {
    await connect('memory')
    await confirmed('memory')
    const client = await clientOf('memory', 'write')
    const entities = [{ name: 'Quillhaven', entityType: 'insurer', observations: ['mutual'] }]
    expect((await client.callTool({ name: 'create_entities', arguments: { entities } })).isError).toBeFalsy()
    expect(textOf(await client.callTool({ name: 'read_graph', arguments: {} }))).toContain('Quillhaven')
    await client.close()
  })

  it('everything: echoes, tells its progress, and its lies about get-env tell nothing of this server', async () => {
    await connect('everything')
    await confirmed('everything')
    process.env.COUNTERSIGN_TEST_SECRET = 'not for any program'
    const client = await clientOf('everything', 'write')
    expect(textOf(await client.callTool({ name: 'echo', arguments: { message: 'hello' } }))).toContain('hello')
    const env = textOf(await client.callTool({ name: 'get-env', arguments: {} }))
    expect(env).toContain('PATH')
    expect(env).not.toContain('not for any program')
    const steps: number[] = []
    const slow = { name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 4 } }
    expect((await client.callTool(slow, { onprogress: ({ progress }) => steps.push(progress) })).isError).toBeFalsy()
    expect(steps).toEqual([1, 2, 3, 4])
    delete process.env.COUNTERSIGN_TEST_SECRET
    await client.close()
  })
})

const claude = modules === null ? null : claudeCode()

describe.skipIf(claude === null)('the real Claude Code', () => {
  /** A session of an agent with one server behind the gateway, told to make these calls; what it printed and what came of its actions. */
  async function session(server: string, may: ('read' | 'write')[], ...calls: { name: string; input: object }[]) {
    const agent = await governed(superuser, { mcp_scopes: { [server]: may }, approval_required: [], never: [] })
    const model = await scriptedModel()
    const here = path.join(folder, `project-${server}`)
    mkdirSync(here, { recursive: true })
    const headers = { Authorization: `Bearer ${await tokenOf(agent)}` }
    const servers = { mcpServers: { [server]: { type: 'http', url: `${origin}/mcp/${server}`, headers } } }
    const args = ['--mcp-config', JSON.stringify(servers), '--strict-mcp-config', '--allowedTools', `mcp__${server}`]
    const started = startSession({
      ...{ program: claude ?? '', model: model.url, folder: here, args },
      prompt: script(...calls),
    })
    await started.ended
    await model.close()
    const { rows } = await superuser.query<{ status: string }>(
      'SELECT status FROM action WHERE agent_id = $1 ORDER BY id',
      [agent.agentId],
    )
    return { said: started.output(), ended: rows.map(({ status }) => status) }
  }

  it('reads through the gateway, and what its boundary does not reach it neither sees nor runs', async () => {
    writeFileSync(path.join(folder, 'told.txt'), 'what the file says')
    const { said, ended } = await session(
      'files',
      ['read'],
      { name: 'mcp__files__read_text_file', input: { path: path.join(folder, 'told.txt') } },
      { name: 'mcp__files__write_file', input: { path: path.join(folder, 'z'), content: 'z' } },
    )
    expect(said).toContain('what the file says')
    expect(existsSync(path.join(folder, 'z'))).toBe(false)
    expect(ended).toEqual(['succeeded'])
  })

  it('remembers with the memory server', async () => {
    const entities = [{ name: 'Halvorsen', entityType: 'person', observations: ['answers for it'] }]
    const { said, ended } = await session(
      'memory',
      ['read', 'write'],
      { name: 'mcp__memory__create_entities', input: { entities } },
      { name: 'mcp__memory__search_nodes', input: { query: 'answers for it' } },
    )
    expect(said).toContain('Halvorsen')
    expect(ended).toEqual(['succeeded', 'succeeded'])
  })

  it('calls the server that has everything', async () => {
    const { said, ended } = await session(
      'everything',
      ['read', 'write'],
      { name: 'mcp__everything__echo', input: { message: 'said through the gateway' } },
      { name: 'mcp__everything__get-sum', input: { a: 19, b: 23 } },
    )
    expect(said).toContain('said through the gateway')
    expect(said).toContain('42')
    expect(ended).toEqual(['succeeded', 'succeeded'])
  })
})

describe.skipIf(modules === null)('a client of a server that is disconnected', () => {
  it('is refused from then on', async () => {
    const client = await clientOf('everything', 'read')
    await disconnectUpstream(db(), dana, (await readUpstream(db(), 'everything')).id, 'over')
    await expect(client.callTool({ name: 'echo', arguments: { message: 'hello' } })).rejects.toThrow()
    await client.close()
  })
})

describe('a program that cannot be spoken to', () => {
  const pinged = async (name: string) => {
    const agent = await governed(superuser, { mcp_scopes: { [name]: ['read'] } })
    const headers = { accept: 'application/json, text/event-stream' }
    return ask('POST', `/mcp/${name}`, await tokenOf(agent), { jsonrpc: '2.0', id: 1, method: 'ping' }, headers)
  }

  it.each([
    ['rude', 'upstream_malformed'],
    ['absent', 'upstream_program'],
  ])('is told apart, and harms nobody: %s', async (name, code) => {
    await connect(name)
    expect(await pinged(name)).toMatchObject({ status: 502, body: { id: 1, error: { data: { code } } } })
  })

  it('is not one that the file does not name', async () => {
    const stated = { name: 'unnamed', transport: 'stdio', address: 'unnamed', header: null, secret: null } as const
    const input = { ...stated, private: false, ownerId: dana.id, reach: 'Nothing.', production: false, trusted: false }
    await proposeUpstream(db(), petra, input, new Date())
    expect(await pinged('unnamed')).toMatchObject({
      status: 502,
      body: { error: { data: { code: 'upstream_program' } } },
    })
  })
})

describe('a halt of what a program on this machine works on', { timeout: 60_000 }, () => {
  const runs = (pid: number): boolean => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }

  it.each([
    ['deaf', false],
    ['heedful', true],
  ] as const)('is recorded when nothing of it is at work any more: %s', async (name, stays) => {
    await connect(name)
    const agent = await governed(superuser, {
      autonomous: [{ tool: `${name}.${name}`, when: null, reason: null, override: null }],
    })
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } }
    const headers = { accept: 'application/json, text/event-stream' }
    const answered = ask('POST', `/mcp/${name}`, await tokenOf(agent), body, headers)
    const written = path.join(folder, name)
    const pause = () => new Promise((soon) => setTimeout(soon, 20))
    while (!existsSync(written) || readFileSync(written, 'utf8') === '') await pause()
    const pid = Number(readFileSync(written, 'utf8'))
    expect(runs(pid)).toBe(true)
    await engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by: dana.id, now: new Date() })
    const status = async () => {
      const sql = 'SELECT status FROM action WHERE agent_id = $1'
      return (await superuser.query<{ status: string }>(sql, [agent.agentId])).rows[0]?.status
    }
    while ((await status()) === 'claimed') await pause()
    // one that ends what it is asked to end is not ended itself
    expect(runs(pid)).toBe(stays)
    expect(await status()).toBe('aborted')
    expect(JSON.stringify((await answered).body)).toContain('A halt is in force')
  })

  it('ends what is still at work on a call that its client took back', async () => {
    await connect('lingering')
    const agent = await governed(superuser, {
      autonomous: [{ tool: 'lingering.lingering', when: null, reason: null, override: null }],
    })
    const token = await tokenOf(agent)
    const headers = { accept: 'application/json, text/event-stream' }
    const post = (body: object) => ask('POST', '/mcp/lingering', token, { jsonrpc: '2.0', ...body }, headers)
    const answered = post({ id: 1, method: 'tools/call', params: { name: 'lingering', arguments: {} } })
    const written = path.join(folder, 'lingering')
    const pause = () => new Promise((soon) => setTimeout(soon, 20))
    while (!existsSync(written) || readFileSync(written, 'utf8') === '') await pause()
    const pid = Number(readFileSync(written, 'utf8'))
    await post({ method: 'notifications/cancelled', params: { requestId: 1 } })
    expect(JSON.stringify((await answered).body)).toContain('broken off')
    expect(runs(pid)).toBe(true)
    await engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by: dana.id, now: new Date() })
    while (runs(pid)) await pause()
  })
})
