import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { entriesOf, testCommandLine, testOrganisation, testPerson } from '@/lib/people/testing'
import { keepLogin } from './shared/logins'
import { consoleServer } from './testing/console'
import { run } from './tools'

const database = await testDatabase()
await testLedger(database)
await testOrganisation()
const ciso = await testPerson(['ciso'])
const house = await consoleServer()
const home = mkdtempSync(path.join(tmpdir(), 'countersign-tools-'))
// an MCP server as anybody's would be: it says what it is called, and what it has
const mail = createServer((request, response) => {
  let text = ''
  request.on('data', (chunk: Buffer) => (text += chunk.toString()))
  request.on('end', () => {
    const { id, method } = JSON.parse(text) as { id?: number; method: string }
    if (id === undefined) return void response.writeHead(202).end()
    const result =
      method === 'initialize'
        ? { protocolVersion: '2025-06-18', serverInfo: { name: 'mailroom', version: '1' }, capabilities: {} }
        : { tools: [{ name: 'read_mail', description: 'Reads mail.', inputSchema: { type: 'object' } }] }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  })
})
await new Promise<void>((done) => mail.listen(0, '127.0.0.1', done))
const MCP = `http://127.0.0.1:${String((mail.address() as AddressInfo).port)}/mcp`
afterAll(async () => {
  mail.close()
  await house.close()
  rmSync(home, { recursive: true })
})

async function said(args: string[], env: Record<string, string>) {
  let [out, error] = ['', '']
  const terminal = { out: (text: string) => void (out += text), error: (text: string) => void (error += text) }
  return { exit: await run(['import', '--mcp', MCP, ...args], terminal, env), out, error }
}

it('posts a list as whoever is logged in, and asks nobody for a password', async () => {
  const env = { XDG_CONFIG_HOME: home }
  const nobody = await said(['--server', house.url], { ...env, COUNTERSIGN_EMAIL: 'a@b.c', COUNTERSIGN_PASSWORD: 'd' })
  expect(nobody).toMatchObject({ exit: 3, error: expect.stringContaining('npx countersign login') as string })
  expect((await said(['--server', 'http://countersign.example'], env)).error).toContain('not https')
  keepLogin(env, house.url, { token: await testCommandLine(ciso), expires_at: new Date().toISOString(), person: 'c' })
  const posted = await said(['--json'], env)
  expect(posted).toMatchObject({ exit: 0, error: '' })
  expect(JSON.parse(posted.out)).toMatchObject({ verb: 'tools import', server: 'mailroom' })
  expect(await entriesOf(database, 'tool.registered')).toHaveLength(1)
})
