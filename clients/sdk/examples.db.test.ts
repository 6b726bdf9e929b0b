import { execFile } from 'node:child_process'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { exampleFolder } from '@/bin/sdk-testing'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleTool, type Governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { engage } from '@/lib/halt/engage'
import { testPerson } from '@/lib/people/testing'

// The examples of the guide, each as a program of its own: plain Node, the package as it is published, the frameworks as they are published.
const examples = await exampleFolder()
const database = await testDatabase()
const { app } = await testGateway(database)
const { superuser } = database.pools
const { verdict } = lifecycle(database)
const server = await app.listen({ port: 0, host: '127.0.0.1' })
const dana = await testPerson(['analyst'])
await sampleTool(superuser, 'crm.refund', 'write', true)

/** Where the refunds go: what was asked of it, and whether it takes its time. */
const crm = { made: [] as string[], given: 0, slow: false }
const office = http.createServer((request, response) => {
  crm.given += 1
  request.resume().once('end', () => {
    if (crm.slow) return
    crm.made.push(request.url ?? '')
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"refund":"R-1"}')
  })
})
beforeAll(() => new Promise<void>((resolve) => office.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  office.closeAllConnections()
  office.close()
  examples?.remove()
})
afterEach(() => Object.assign(crm, { made: [], given: 0, slow: false }))

const agentOf = () => governed(superuser, { approval_required: [{ tool: 'crm.refund', when: null, reason: null }] })

/** Runs an example to its end. */
function play({ clientId, clientSecret }: Governed, ...args: string[]): Promise<{ code: number; said: string }> {
  const env = {
    PATH: process.env.PATH ?? '',
    COUNTERSIGN_SERVER: server,
    COUNTERSIGN_CLIENT_ID: clientId,
    COUNTERSIGN_CLIENT_SECRET: clientSecret,
    CRM: `http://127.0.0.1:${String((office.address() as AddressInfo).port)}`,
    OPENAI_AGENTS_DISABLE_TRACING: '1',
  } as unknown as NodeJS.ProcessEnv
  const [file = '', ...rest] = args
  return promisify(execFile)(process.execPath, [path.join(examples?.folder ?? '', file), ...rest], { env }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      said: error.stdout + error.stderr,
    }),
  )
}

async function answer({ agentId }: Governed, what: 'approve' | 'reject'): Promise<void> {
  for (;;) {
    const { rows } = await superuser.query<{ approval_id: string; digest: Buffer }>(
      `SELECT approval_id, digest FROM action WHERE status = 'held' AND agent_id = $1`,
      [agentId],
    )
    if (rows[0])
      return void (await verdict(rows[0].approval_id, `sha256:${rows[0].digest.toString('hex')}`, dana, what))
    await sleep(20)
  }
}
const statuses = async ({ agentId }: Governed) =>
  (await superuser.query<{ status: string }>('SELECT status FROM action WHERE agent_id = $1', [agentId])).rows

describe.skipIf(examples === null).each([
  ['a plain script', ['script.mjs']],
  ['an agent of the OpenAI Agents SDK', ['try.mjs', 'openai-agents']],
  ['an agent of the Vercel AI SDK', ['try.mjs', 'vercel-ai']],
])('%s', (_, example) => {
  it('does what a person approved, once, and its outcome is recorded', async () => {
    const agent = await agentOf()
    const played = play(agent, ...example, 'A-17', '120')
    await answer(agent, 'approve')
    const { code, said } = await played
    expect(said).toContain('R-1')
    expect(code).toBe(0)
    expect(crm.made).toEqual(['/orders/A-17/refunds'])
    expect(await statuses(agent)).toEqual([{ status: 'succeeded' }])
  })

  it('does nothing that a person rejected, and whoever asked is told', async () => {
    const agent = await agentOf()
    const played = play(agent, ...example, 'A-18', '120')
    await answer(agent, 'reject')
    expect((await played).said).toContain('rejected: A person rejected it.')
    expect(crm.given).toBe(0)
    expect(await statuses(agent)).toEqual([{ status: 'rejected' }])
  })

  it('is stopped by a halt in the middle of it', async () => {
    const agent = await agentOf()
    crm.slow = true
    const played = play(agent, ...example, 'A-19', '120')
    await answer(agent, 'approve')
    await expect.poll(() => crm.given, { timeout: 60_000 }).toBe(1)
    await engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by: dana.id, now: new Date() })
    const { code, said } = await played
    expect(said).toContain('halt')
    expect(code).toBe(1)
    expect(await statuses(agent)).toEqual([{ status: 'aborted' }])
  })

  it('does nothing where nobody can be asked', async () => {
    const agent = await agentOf()
    const { code, said } = await play({ ...agent, clientSecret: 'not its secret' }, ...example, 'A-20', '120')
    expect(said).toContain('invalid_client')
    expect(code).toBe(1)
    expect(crm.given).toBe(0)
  })
})
