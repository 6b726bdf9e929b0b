import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canary } from '@/clients/canary/canary'
import { CountersignClient } from '@/clients/sdk/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleTool } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { endDrills } from '@/lib/halt/end-drills'
import { entriesOf, testCommandLine, testOrganisation, testPerson } from '@/lib/people/testing'
import { keepLogin } from './shared/logins'
import { main } from './shared/main'
import { consoleServer } from './testing/console'

const database = await testDatabase()
const { superuser } = database.pools
const { app } = await testGateway(database)
const gateway = await app.listen({ port: 0, host: '127.0.0.1' })
await testOrganisation()
const priya = await testPerson([], 'Priya Ramaswamy')
const dana = await testPerson(['analyst'], 'Dana Whitlock')
await superuser.query(`INSERT INTO team (id, name) VALUES (gen_random_uuid(), 'Operations')`)
const house = await consoleServer()
const home = mkdtempSync(path.join(tmpdir(), 'countersign-agent-'))
// jobs measure drills on a server
const jobs = setInterval(() => void endDrills(new Date()).catch(() => undefined), 200)
const tokens = { priya: '', dana: '' }
beforeAll(async () => {
  tokens.priya = await testCommandLine(priya)
  tokens.dana = await testCommandLine(dana)
})
afterAll(async () => {
  clearInterval(jobs)
  await house.close()
  rmSync(home, { recursive: true })
})

async function countersign(args: string[], token = tokens.priya) {
  let [out, error] = ['', '']
  const terminal = { out: (text: string) => void (out += text), error: (text: string) => void (error += text) }
  const env = { COUNTERSIGN_SERVER: house.url, COUNTERSIGN_TOKEN: token, XDG_CONFIG_HOME: home }
  return { exit: await main(args, terminal, env), out, error }
}
type Said = {
  verb: string
  exit: number
  slug: string
  credential: { id: string; clientId: string; clientSecret: string }
  replaced: string
  ends_old: string
  agent: object
  credentials: object[]
  agents: { slug: string }[]
  drafted: object[]
  drill: { id: string; kind: string; state: string }
  error: { code: string; detail: string }
}
const json = async (args: string[], token?: string) => {
  const { exit, out } = await countersign([...args, '--json'], token)
  const said = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Said
  expect(said.exit).toBe(exit)
  return said
}
const REGISTER = ['--purpose', 'Closes tickets', '--team', 'operations', '--environment', 'production']
const works = async ({ clientId, clientSecret }: { clientId: string; clientSecret: string }) =>
  (
    await fetch(`${gateway}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
    })
  ).status

describe('countersign agent', () => {
  it('registers an agent of whoever logged in, and shows the secret once', async () => {
    const said = await json(['agent', 'register', 'ticket-closer', ...REGISTER])
    expect(said).toMatchObject({ verb: 'agent register', exit: 0, slug: 'ticket-closer' })
    expect(said.credential.clientSecret).toMatch(/\S{20,}/)
    expect(await entriesOf(database, 'agent.registered')).toContainEqual(
      expect.objectContaining({ actor: `person:${priya.id}` }),
    )
    const shown = await json(['agent', 'show', 'ticket-closer'])
    expect(shown.agent).toMatchObject({ slug: 'ticket-closer', state: 'registered', team: 'Operations' })
    expect(shown.credentials).toHaveLength(1)
    expect(JSON.stringify(shown)).not.toContain(said.credential.clientSecret)
    const words = await countersign(['agent', 'show', 'ticket-closer'])
    expect(words.out).toContain('Priya Ramaswamy')
    expect(words.out).toContain('nobody accepted yet where it goes')
  })

  it('writes the secret to a file nobody else reads, and none of it to the terminal', async () => {
    const file = path.join(home, 'agent.env')
    writeFileSync(file, 'what was there', { mode: 0o644 })
    const { exit, out, error } = await countersign(['agent', 'register', 'tidier', ...REGISTER, '--out', file])
    expect({ exit, error }).toEqual({ exit: 0, error: '' })
    const kept = readFileSync(file, 'utf8')
    const secret = /^COUNTERSIGN_CLIENT_SECRET=(\S+)$/m.exec(kept)?.[1] ?? 'none'
    expect(kept).toContain(`COUNTERSIGN_SERVER=${house.url}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(out).not.toContain(secret)
  })

  it('says that an agent was registered where only its credential was not made, and where to make it', async () => {
    const half = createServer((request, response) => {
      void (async () => {
        if (request.url?.endsWith('/credentials') === true)
          return void response.writeHead(503).end('{"detail":"Busy."}')
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const answer = await fetch(`${house.url}${request.url ?? ''}`, {
          method: request.method ?? 'GET',
          headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' },
          ...(chunks.length > 0 && { body: new Uint8Array(Buffer.concat(chunks)) }),
        })
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
      })()
    })
    await new Promise<void>((done) => half.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${String((half.address() as AddressInfo).port)}`
    let error = ''
    const terminal = { out: () => undefined, error: (text: string) => void (error += text) }
    const env = { COUNTERSIGN_SERVER: url, COUNTERSIGN_TOKEN: tokens.priya, XDG_CONFIG_HOME: home }
    const exit = await main(['agent', 'register', 'halfway', ...REGISTER], terminal, env)
    half.close()
    expect(exit).toBe(4)
    expect(error).toContain('halfway is registered, and you answer for it')
    expect(error).toContain('Busy.')
    expect(error).toContain(`Make it one there: ${url}/agents/halfway/credentials`)
    expect((await json(['agent', 'show', 'halfway'])).exit).toBe(0)
  })

  it('registers nothing where the file cannot be written: a secret nobody keeps is lost', async () => {
    const said = await countersign(['agent', 'register', 'lost', ...REGISTER, '--out', '/nowhere/agent.env'])
    expect(said).toMatchObject({ exit: 2, out: '' })
    expect((await countersign(['agent', 'show', 'lost'])).exit).toBe(1)
  })

  it.each([
    ['a name that is taken', ['agent', 'register', 'ticket-closer', ...REGISTER], 1, /taken|already|exists/i],
    ['a name that is none', ['agent', 'register', 'Ticket Closer', ...REGISTER], 1, /refused/],
    [
      'a team there is not',
      ['agent', 'register', 'x-one', ...REGISTER.with(3, 'operatons')],
      1,
      /Did you mean Operations/,
    ],
    [
      'an environment there is not',
      ['agent', 'register', 'x-one', ...REGISTER.with(5, 'prod')],
      2,
      /Did you mean production/,
    ],
    ['no purpose', ['agent', 'register', 'x-one', ...REGISTER.slice(2)], 2, /--purpose TEXT/],
    ['an agent there is not', ['agent', 'show', 'nobody'], 1, /refused/],
    ['what has no boundary yet', ['agent', 'activate', 'ticket-closer'], 1, /refused/],
  ])('%s is refused in a sentence', async (_, args, exit, says) => {
    const said = await countersign(args)
    expect(said).toMatchObject({ exit, out: '' })
    expect(said.error).toMatch(says)
    expect(said.error).not.toMatch(/\n\s+at /)
  })

  it('rotates with an overlap: both work, then only the new one', async () => {
    const first = (await json(['agent', 'register', 'rotated', ...REGISTER])).credential
    const said = await json(['agent', 'rotate', 'rotated', '--overlap', '1'])
    expect(said).toMatchObject({ exit: 0, slug: 'rotated', replaced: first.id })
    expect(Math.abs(Date.parse(said.ends_old) - Date.now() - 3_600_000)).toBeLessThan(60_000)
    expect([await works(first), await works(said.credential)]).toEqual([200, 200])
    const last = await json(['agent', 'rotate', 'rotated', '--overlap', '0'])
    expect(last.replaced).toBe(said.credential.id)
    expect([await works(said.credential), await works(last.credential)]).toEqual([401, 200])
  })

  it('lists by filter, and says where nobody is', async () => {
    const slugs = async (...args: string[]) => (await json(['agent', 'list', ...args])).agents.map(({ slug }) => slug)
    expect(await slugs('--state', 'registered', '--team', 'Operations', '--owner', 'priya')).toEqual(
      expect.arrayContaining(['ticket-closer', 'tidier']),
    )
    expect(await slugs('--state', 'retired')).toEqual([])
    expect((await countersign(['agent', 'list', '--state', 'retired'])).out).toBe('There is none.\n')
    expect(await countersign(['agent', 'list', '--state', 'gone'])).toMatchObject({ exit: 2 })
    expect((await countersign(['agent', 'list'])).out).toMatch(/^AGENT +STATE +BOUNDARY/)
  })

  it('needs a login, one that is good, and a server that answers: 3, 3 and 4', async () => {
    expect((await json(['agent', 'list'], '')).error).toMatchObject({ code: 'signed_out' })
    expect(await json(['agent', 'list'], `cs_cli_${'A'.repeat(43)}`)).toMatchObject({ exit: 3 })
    const nowhere = 'http://127.0.0.1:1'
    // a token of the environment goes to no other server than the one it is for
    expect(await json(['agent', 'list', '--server', nowhere])).toMatchObject({ exit: 3 })
    const login = { token: tokens.priya, expires_at: new Date(Date.now() + 3_600_000).toISOString(), person: 'priya' }
    keepLogin({ XDG_CONFIG_HOME: home }, nowhere, login)
    expect(await json(['agent', 'list', '--server', nowhere])).toMatchObject({ exit: 4 })
    keepLogin({ XDG_CONFIG_HOME: home }, nowhere, null)
  })
})

describe('countersign boundary, as who logged in', () => {
  it('pulls and pushes by the login that is kept, without a token in the environment', async () => {
    const folder = path.join(home, 'policies')
    expect(await json(['boundary', 'pull', folder], '')).toMatchObject({ exit: 3, error: { code: 'signed_out' } })
    const login = { token: tokens.priya, expires_at: new Date(Date.now() + 3_600_000).toISOString(), person: 'priya' }
    keepLogin({ XDG_CONFIG_HOME: home }, house.url, login)
    expect(await countersign(['boundary', 'pull', folder], '')).toMatchObject({ exit: 0 })
    writeFileSync(path.join(folder, 'ticket-closer.yaml'), 'agent: ticket-closer\nmcp_scopes: {tickets: [read]}\n')
    const pushed = await json(['boundary', 'push', folder], '')
    keepLogin({ XDG_CONFIG_HOME: home }, house.url, null)
    expect(pushed).toMatchObject({ exit: 0, drafted: [{ slug: 'ticket-closer', version: 1 }] })
  })

  it('checks texts without a server, every fault at its place', async () => {
    const [good, bad] = [path.join(home, 'good.yaml'), path.join(home, 'bad.yaml')]
    writeFileSync(good, 'agent: triage\nmcp_scopes: {crm: [read]}\n')
    writeFileSync(bad, 'agent: triage\nnevr: []\naudit: none\n')
    expect(await countersign(['boundary', 'check', good])).toMatchObject({ exit: 0, error: '' })
    const { exit, out } = await countersign(['boundary', 'check', good, bad])
    expect(exit).toBe(1)
    expect(out).toContain(`${bad}:2:1: `)
    expect(out).toContain(`${bad}:3:8: `)
    expect((await countersign(['boundary', 'check', path.join(home, 'none.yaml')])).exit).toBe(2)
    expect((await countersign(['boundary', 'check'])).exit).toBe(2)
  })
})

describe('countersign drill', () => {
  it('rehearses with the canary that answers, and says that all did in time', async () => {
    await sampleTool(superuser, 'canary.heartbeat', 'read')
    const mine = await governed(superuser, { mcp_scopes: { canary: ['read'] } })
    const stopping = new AbortController()
    const { clientId, clientSecret, slug } = mine
    const client = new CountersignClient({ server: gateway, clientId, clientSecret, signal: stopping.signal })
    const running = canary(client, { everyMs: 500, say: () => undefined }, stopping.signal)
    const { exit, out } = await countersign(
      ['drill', 'start', `agent:${slug}`, '--seconds', '15', '--json'],
      tokens.dana,
    )
    const [first, ...more] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string })
    expect(first).toMatchObject({ event: 'drill', state: 'running' })
    expect(more.at(-1)).toMatchObject({
      ...{ verb: 'drill start', exit: 0 },
      drill: { id: first?.id, state: 'measured', report: { figures: { agents: 1, confirmed: 1, met: true } } },
    })
    expect(exit).toBe(0)
    stopping.abort()
    await running
    const shown = await countersign(['drill', 'show', first?.id ?? ''], tokens.dana)
    expect(shown.exit).toBe(0)
    expect(shown.out).toContain('1 of 1, 1 within the target')
    expect((await countersign(['drill', 'list'], tokens.dana)).out).toContain(first?.id ?? '')
  })

  it('says no where somebody never answers, and names them', async () => {
    const { slug } = await governed(superuser)
    const { exit, out } = await countersign(['drill', 'start', `agent:${slug}`, '--seconds', '5'], tokens.dana)
    expect(exit).toBe(1)
    expect(out).toMatch(new RegExp(`${slug} +never answered`))
    expect(out).toContain('NOT met')
  })

  it('that is not waited for is open, exit 5, until it is measured', async () => {
    const { slug } = await governed(superuser)
    const said = await json(['drill', 'start', `agent:${slug}`, '--seconds', '5', '--no-wait'], tokens.dana)
    expect(said).toMatchObject({ exit: 5, drill: { state: 'running' } })
    expect((await json(['drill', 'show', said.drill.id, '--follow'], tokens.dana)).exit).toBe(1)
  })

  it('live is planned, and waits for its second person', async () => {
    const { slug } = await governed(superuser)
    const args = ['drill', 'start', `agent:${slug}`, '--live', '--note', 'Quarterly']
    const said = await json(args, tokens.dana)
    expect(said).toMatchObject({ exit: 5, drill: { kind: 'live', state: 'planned' } })
    const { rows } = await superuser.query('SELECT 1 FROM halt WHERE lifted_at IS NULL')
    expect(rows).toEqual([])
  })

  it.each([
    [['drill', 'start', 'everything'], 2],
    [['drill', 'start', 'organisation', '--seconds', '4'], 2],
    [['drill', 'start', 'organisation', '--live'], 2],
    [['drill', 'start', 'agent:nobody'], 1],
    [['drill', 'show', 'drl_nothing'], 1],
  ])('%j is refused with %i', async (args, exit) => {
    expect((await countersign(args, tokens.dana)).exit).toBe(exit)
  })

  it('is not for who may not drill', async () => {
    expect((await countersign(['drill', 'start', 'organisation'], tokens.priya)).exit).toBe(1)
  })
})

it('leaves no draft of a secret behind', () => {
  expect(existsSync(path.join(home, `agent.env.${String(process.pid)}.draft`))).toBe(false)
})
