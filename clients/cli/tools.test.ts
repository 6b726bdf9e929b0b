import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from './tools'

/** Servers written with the official SDK (@modelcontextprotocol/server), spoken to as anybody's would be. */
const root = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-mcp-'))
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

const SERVER = `
import { McpServer } from '${root}/node_modules/@modelcontextprotocol/server/dist/index.mjs'
import { StdioServerTransport } from '${root}/node_modules/@modelcontextprotocol/server/dist/stdio.mjs'
import { z } from '${root}/node_modules/zod/index.js'
const server = new McpServer({ name: 'mailroom', version: '1.0.0' })
server.registerTool('read_mail', { description: 'Reads mail.', inputSchema: z.object({ folder: z.string() }), annotations: { readOnlyHint: true } }, () => ({ content: [] }))
server.registerTool('send_mail', { description: process.env.COUNTERSIGN_PASSWORD ?? 'Sends mail.', inputSchema: z.object({ to: z.string() }) }, () => ({ content: [] }))
await server.connect(new StdioServerTransport())
`

async function said(...args: string[]) {
  let out = ''
  let error = ''
  const terminal = { out: (text: string) => void (out += text), error: (text: string) => void (error += text) }
  const code = await run(['import', ...args], terminal)
  return { code, out, error }
}

/** An HTTP server that answers each POST as told. */
async function http(
  answer: (method: string, params: Record<string, unknown>) => { status?: number; type?: string; body: string },
) {
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const { id, method, params } = JSON.parse(text || '{}') as {
        id?: number
        method?: string
        params?: Record<string, unknown>
      }
      if (id === undefined) return void response.writeHead(202).end()
      const { status = 200, type = 'application/json', body } = answer(method ?? '', params ?? {})
      response.writeHead(status, { 'content-type': type }).end(body.replaceAll('$ID', String(id)))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return `http://127.0.0.1:${String((server.address() as { port: number }).port)}/mcp`
}
const opened = {
  body: '{"jsonrpc":"2.0","id":$ID,"result":{"protocolVersion":"2025-06-18","serverInfo":{"name":"crm"}}}',
}

describe('npx countersign tools import', () => {
  test('reads a real MCP server over stdio, tells it no secret of whoever asks, and leaves no process', async () => {
    const file = path.join(folder, 'server.mjs')
    await writeFile(file, SERVER)
    process.env.COUNTERSIGN_PASSWORD = 'not for servers'
    const { code, out, error } = await said('--stdio', `"${process.execPath}" "${file}"`, '--print')
    delete process.env.COUNTERSIGN_PASSWORD
    expect(error).toBe('')
    expect(code).toBe(0)
    const { tools } = JSON.parse(out) as { tools: { name: string; description: string }[] }
    expect(tools.map(({ name, description }) => [name, description])).toEqual([
      ['read_mail', 'Reads mail.'],
      ['send_mail', 'Sends mail.'],
    ])
    expect(tools[0]).toMatchObject({ annotations: { readOnlyHint: true }, inputSchema: { type: 'object' } })
  })

  test('reads every page, as JSON or as events', async () => {
    const url = await http((method, { cursor }) => {
      if (method === 'initialize') return opened
      const result = cursor === 'two' ? '{"tools":[{"name":"b"}]}' : '{"tools":[{"name":"a"}],"nextCursor":"two"}'
      const body = `{"jsonrpc":"2.0","id":$ID,"result":${result}}`
      return cursor === 'two'
        ? {
            type: 'text/event-stream',
            body: `event: message\ndata: {"jsonrpc":"2.0","method":"notifications/x"}\n\nevent: message\ndata: ${body}\n\n`,
          }
        : { body }
    })
    const { code, out } = await said('--mcp', url, '--print')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({ tools: [{ name: 'a' }, { name: 'b' }] })
  })

  test.each([
    [
      'a list without an end',
      () => ({ body: '{"jsonrpc":"2.0","id":$ID,"result":{"tools":[],"nextCursor":"again"}}' }),
      /end of its list/,
    ],
    ['an answer too large', () => ({ body: `{"x":"${'y'.repeat(1_100_000)}"}` }), /megabyte/],
    [
      'a refusal',
      () => ({ body: '{"jsonrpc":"2.0","id":$ID,"error":{"code":-32601,"message":"no \\u001b[2J"}}' }),
      /refuses: "no \\u001b/,
    ],
    ['a status', () => ({ status: 401, body: '' }), /HTTP 401/],
    [
      'two readings of one key',
      () => ({ body: '{"jsonrpc":"2.0","id":$ID,"result":{"tools":[],"tools":[1]}}' }),
      /cannot be read/,
    ],
  ])('ends with a sentence on %s', async (_, answer, words) => {
    const url = await http((method) => (method === 'initialize' ? opened : answer()))
    const { code, out, error } = await said('--mcp', url, '--print')
    expect([code, out]).toEqual([1, ''])
    expect(error).toMatch(words)
  })

  test('ends with a sentence where nobody answers, and where the command is none', async () => {
    expect(await said('--mcp', 'http://127.0.0.1:1/mcp', '--print')).toMatchObject({ code: 4 })
    expect(await said('--stdio', path.join(folder, 'nothing'), '--print')).toMatchObject({ code: 1 })
    expect(await said('--stdio', process.execPath + ' -e 0', '--print')).toMatchObject({ code: 1 })
    expect(await said('--print')).toMatchObject({ code: 2 })
    expect(await said('--mcp', 'file:///etc/passwd', '--print')).toMatchObject({ code: 2 })
  })
})
