import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { createToken } from '@/lib/people/create-token'
import { testCommandLine, testOrganisation, testPerson } from '@/lib/people/testing'
import { run } from './halt'
import { keepLogin } from './shared/logins'

const database = await testDatabase()
const { app } = await testGateway(database)
const url = await app.listen({ port: 0, host: '127.0.0.1' })
await testOrganisation()
const dana = await testPerson(['analyst'], 'Dana Whitlock')
const tokenFor = (scope: 'halt' | 'read') =>
  transaction((tx) => createToken(tx, dana, { name: `${scope} ${Math.random()}`, days: 7, scope }, new Date()))
const { token } = await tokenFor('halt')
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-halt-'))
const broken = createServer((_, response) => response.writeHead(503, { 'content-type': 'application/json' }).end('{}'))
await new Promise<void>((done) => broken.listen(0, '127.0.0.1', done))
const brokenUrl = `http://127.0.0.1:${String((broken.address() as AddressInfo).port)}`
const gone = createServer()
await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done))
const GONE = `http://127.0.0.1:${String((gone.address() as AddressInfo).port)}`
await new Promise((done) => gone.close(done))
afterAll(() => {
  broken.close()
  rmSync(folder, { recursive: true })
})

async function said(
  args: string[],
  env: Record<string, string> = { COUNTERSIGN_TOKEN: token, COUNTERSIGN_SERVER: url },
) {
  let [out, error] = ['', '']
  const exit = await run(args, { out: (text) => void (out += text), error: (text) => void (error += text) }, env)
  return { exit, out, error }
}
const inForce = async () =>
  (
    await database.pools.superuser.query<{ scope: string; target: string }>(
      'SELECT scope, target FROM halt WHERE lifted_at IS NULL ORDER BY engaged_at',
    )
  ).rows

describe('countersign halt', () => {
  it('lists nothing, halts an agent, finds it halted, and lists it: each with its exit code', async () => {
    const { slug, agentId } = await sampleAgent(database.pools.superuser)
    expect(await said(['list'])).toEqual({ exit: 0, out: 'Nothing is halted.\n', error: '' })
    const first = await said(['agent', slug, '--reason', 'odd calls', '--json'])
    expect(first).toMatchObject({ exit: 0, error: '' })
    const { id, ...rest } = JSON.parse(first.out) as { id: string }
    expect(rest).toEqual({ verb: 'halt', exit: 0, halted: true, already: false, recorded: true })
    expect(await inForce()).toEqual([{ scope: 'agent', target: agentId }])
    expect(await said(['agent', slug])).toEqual({
      exit: 0,
      out: `Halted already: agent ${slug} (${id}). Nothing in its scope is allowed.\n`,
      error: '',
    })
    const list = await said(['list'])
    expect(list).toMatchObject({ exit: 1, error: '' })
    expect(list.out).toContain(`${id}  agent ${slug}  since `)
    expect(list.out).toContain('by Dana Whitlock')
    expect(JSON.parse((await said(['list', '--json'])).out)).toMatchObject({
      halts: [{ id, scope: 'agent', target: slug }],
    })
  })

  it('asks the next server where one is gone or broken', async () => {
    const file = path.join(folder, 'token')
    writeFileSync(file, `${token}\n`)
    const args = [
      'environment',
      'staging',
      '--token-file',
      file,
      '--server',
      GONE,
      '--server',
      brokenUrl,
      '--server',
      url,
    ]
    const answer = await said(args, {})
    expect(answer.exit).toBe(0)
    expect(answer.error).toContain(`${GONE} does not answer (ECONNREFUSED).`)
    expect(answer.error).toContain(`${brokenUrl} does not answer`)
    expect(await inForce()).toContainEqual({ scope: 'environment', target: 'staging' })
  })

  it('says how to break the glass where no server answers', async () => {
    const answer = await said(['organisation', '--server', GONE])
    expect(answer.exit).toBe(4)
    expect(answer.error).toContain(`psql "$DATABASE_OWNER_URL" -c "SELECT halt_everything('why')"`)
  })

  it('is refused with exit 1 what does not exist, what is in the past, and what its token may not', async () => {
    const before = await inForce()
    expect(await said(['agent', 'nobody'])).toEqual({
      exit: 1,
      out: '',
      error: 'Refused, nothing was engaged: There is no such agent.\n',
    })
    expect((await said(['organisation', '--until', '2020-01-01T00:00:00Z'])).exit).toBe(1)
    const { token: reads } = await tokenFor('read')
    expect((await said(['organisation'], { COUNTERSIGN_TOKEN: reads, COUNTERSIGN_SERVER: url })).exit).toBe(1)
    const wrong = await said(['organisation', '--json'], {
      COUNTERSIGN_TOKEN: `cst_${'A'.repeat(43)}`,
      COUNTERSIGN_SERVER: url,
    })
    expect(wrong.exit).toBe(3)
    expect(JSON.parse(wrong.out)).toMatchObject({ verb: 'halt', exit: 3, error: { code: 'invalid_credential' } })
    expect(await inForce()).toEqual(before)
  })

  it.each([
    [[], 'Say SCOPE'],
    [['lift'], 'Say what to halt'],
    [['lst'], 'Did you mean list?'],
    [['agnt', 'one'], 'Did you mean agent?'],
    [['planet', 'mars'], 'Say what to halt'],
    [['organisation', 'acme'], 'has no name'],
    [['agent'], 'Say which agent'],
    [['agent', 'one', 'two'], '"two" is too much'],
    [['organisation', '--server', 'ftp://x'], 'is no address'],
    [['organisation', '--lift'], 'lift'],
    [['organisation', '--token-file', '/nowhere'], 'cannot be read'],
  ])('%j is wrong usage, exit 2, and asks no server', async (args, says) => {
    const before = await inForce()
    const answer = await said(args)
    expect(answer.exit).toBe(2)
    expect(answer.error).toContain(says)
    expect(await inForce()).toEqual(before)
  })

  it('asks where somebody is logged in, by that login alone, and says to log in where nobody is', async () => {
    const { slug } = await sampleAgent(database.pools.superuser)
    const env = { XDG_CONFIG_HOME: path.join(folder, 'logged-in') }
    const nobody = await said(['agent', slug, '--server', url], env)
    expect(nobody).toMatchObject({
      exit: 3,
      error: expect.stringContaining(`npx countersign login --server ${url}`) as string,
    })
    const login = { token: await testCommandLine(dana), expires_at: new Date().toISOString(), person: 'dana' }
    keepLogin(env, url, login)
    const halted = await said(['agent', slug], env)
    expect(halted).toMatchObject({ exit: 0, error: '' })
    expect(halted.out).toContain(`Halted: agent ${slug}`)
    expect((await said(['list'], env)).out).toContain(`agent ${slug}  since `)
    // one that is gone is passed over, and so is one nobody is logged in at
    const others = await said(['list', '--server', brokenUrl, '--server', url], env)
    expect(others.error).toContain(`${brokenUrl} does not answer (you are not logged in there).`)
    expect(others.out).toContain(`agent ${slug}`)
    // a login for one server goes to no other
    expect((await said(['list', '--server', brokenUrl], env)).exit).toBe(3)
  })

  it('sends no token over plain http to another machine', async () => {
    const open = await said(['list', '--server', 'http://countersign.example'])
    expect(open).toMatchObject({ exit: 2, error: expect.stringContaining('not https') as string })
  })

  it('never takes its token from the arguments, where others on the machine could read it', async () => {
    expect((await said(['organisation', '--token', token])).exit).toBe(2)
    expect((await said(['organisation'], { COUNTERSIGN_SERVER: url, XDG_CONFIG_HOME: folder })).exit).toBe(3)
  })
})
