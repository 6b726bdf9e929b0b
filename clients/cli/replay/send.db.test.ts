import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleSigned } from '@/lib/decisions/governed-testing'
import { boundaryOf } from '@/lib/decisions/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { parseCatalogue } from '@/lib/tools/catalogue'
import { run } from '../replay'

const SUITES = ['workspace', 'slack', 'travel'] as const
const examples = path.resolve(import.meta.dirname, '../../../docs/examples/agentdojo')
const data = process.env['COUNTERSIGN_TEST_DATA']
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-send-'))
const database = await testDatabase()
const { app, defects } = await testGateway(database)
let server = ''

beforeAll(async () => {
  await app.listen({ host: '127.0.0.1', port: 0 })
  server = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
})
afterAll(() => {
  expect(defects).toEqual([])
  rmSync(folder, { recursive: true })
})

/** An agent with a boundary from a text, and tools of a catalogue that its analyst confirmed. */
async function agentUnder(source: string, catalogue: string) {
  const agent = await governed(database.pools.superuser)
  await sampleSigned(database.pools.superuser, agent, boundaryOf(source))
  const read = parseCatalogue(catalogue)
  for (const { server: from, name, class: known } of 'tools' in read ? read.tools : []) {
    await database.pools.superuser.query(
      `INSERT INTO tool (id, server, name, access, reversible, audience, production, spends, source, confirmed_by, confirmed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'import', $9, now()) ON CONFLICT (server, name) DO NOTHING`,
      [
        newId(),
        from,
        name,
        known?.access,
        known?.reversible,
        known?.audience,
        known?.production,
        known?.spends,
        agent.personId,
      ],
    )
  }
  return agent
}

async function replay(args: string[]) {
  let out = ''
  let error = ''
  const exit = await run(args, { out: (text) => void (out += text), error: (text) => void (error += text) })
  return { exit, out, error }
}

async function send(trace: string, agent: { clientId: string; clientSecret: string }, ...more: string[]) {
  process.env['COUNTERSIGN_CLIENT_ID'] = agent.clientId
  process.env['COUNTERSIGN_CLIENT_SECRET'] = agent.clientSecret
  return replay([trace, '--send', '--server', server, ...more])
}

describe('npx countersign replay --send', () => {
  test('proposes every call as the agent, runs and all, and prints what the server answered', async () => {
    const agent = await governed(database.pools.superuser)
    const trace = path.join(folder, 'crm.jsonl')
    const lines = [
      { tool: 'crm.get_order', arguments: { id: 1 }, run_id: 'a' },
      { tool: 'edr.isolate_host', arguments: {}, run_id: 'a' },
      { tool: 'crm.delete_all', arguments: {} },
    ]
    writeFileSync(trace, lines.map((line) => JSON.stringify(line)).join('\n'))
    const { exit, out, error } = await send(trace, agent, '--json')
    expect({ exit, error }).toEqual({ exit: 0, error: '' })
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { decision?: string }).decision),
    ).toEqual(['allow', 'hold', 'forbid', undefined])
    const runs = await database.pools.superuser.query('SELECT 1 FROM run WHERE agent_id = $1', [agent.agentId])
    expect(runs.rowCount).toBe(1)
  })

  test('a credential that is not valid is one sentence', async () => {
    const agent = await governed(database.pools.superuser)
    const trace = path.join(folder, 'crm.jsonl')
    const { exit, error } = await send(trace, { ...agent, clientSecret: [...agent.clientSecret].reverse().join('') })
    expect(exit).toBe(3)
    expect(error).toMatch(/^Line 1 could not be proposed: invalid_c[a-z_]+ \(HTTP 401\).*\n$/)
  })

  test('a server that is not there is one sentence', async () => {
    process.env['COUNTERSIGN_CLIENT_ID'] = 'x'
    process.env['COUNTERSIGN_CLIENT_SECRET'] = 'y'
    const { exit, error } = await replay([path.join(folder, 'crm.jsonl'), '--send', '--server', 'http://127.0.0.1:9'])
    expect(exit).toBe(4)
    expect(error).toMatch(/^Line 1 could not be proposed: the server cannot be reached.*\n$/)
  })
})

describe.skipIf(data === undefined)('the calls of AgentDojo through a server', () => {
  test.each(SUITES)(
    'are decided for the %s agent as they are offline',
    async (suite) => {
      const boundary = path.join(examples, `${suite}.yaml`)
      const catalogue = path.join(examples, `${suite}.catalogue.jsonl`)
      const trace = path.join(folder, `${suite}.jsonl`)
      writeFileSync(
        trace,
        execFileSync(process.execPath, [
          path.join(examples, 'convert.mjs'),
          path.join(data ?? '', 'agentdojo/calls.jsonl'),
          suite,
        ]),
      )
      const agent = await agentUnder(readFileSync(boundary, 'utf8'), readFileSync(catalogue, 'utf8'))
      const online = await send(trace, agent, '--json')
      const offline = await replay([trace, '--boundary', boundary, '--catalogue', catalogue, '--json'])
      expect(online.error).toBe('')
      expect(online.out).toBe(offline.out)
    },
    60_000,
  )
})
