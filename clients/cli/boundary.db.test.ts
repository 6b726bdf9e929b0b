import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as boundaries from '@/app/api/console/boundaries/route'
import * as one from '@/app/api/console/boundaries/[slug]/route'
import * as draftRoute from '@/app/api/console/boundaries/[slug]/draft/route'
import * as baselineDraft from '@/app/api/console/boundaries/baseline/draft/route'
import * as signature from '@/app/api/console/boundaries/[slug]/[version]/signature/route'
import { boundaryDigest } from '@/lib/boundary/digest'
import { parseBoundary } from '@/lib/boundary/parse'
import { newId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { sampleAgent } from '@/lib/agents/testing'
import { parseEntry } from '@/lib/ledger/entry'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { createToken } from '@/lib/people/create-token'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { run } from './boundary'
import { keepLogin } from './shared/logins'

const database = await testDatabase()
const { pools, db } = database
await testLedger(database)
await testOrganisation()
const owner = await testPerson([])
const other = await testPerson([])
const home = mkdtempSync(path.join(tmpdir(), 'countersign-policy-'))
let url = ''
let folder = ''
let slug = ''
let agentId = ''
let made = 0

/** The console's own handlers behind a real socket. */
const server = createServer((request, response) => {
  void (async () => {
    const answer = await route(request, await bodyOf(request))
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  })()
})

async function route(request: IncomingMessage, body: Buffer): Promise<Response> {
  const parts = (request.url ?? '').split('/').slice(4)
  const asked = new Request(new URL(request.url ?? '', url), {
    method: request.method ?? 'GET',
    headers: request.headers as Record<string, string>,
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  })
  const [name = '', second = '', third] = parts
  if (name === '') return boundaries.GET(asked)
  if (third === 'signature') return signature.POST(asked, { params: Promise.resolve({ slug: name, version: second }) })
  if (second === 'draft' && name === 'baseline') return baselineDraft.POST(asked)
  const params = Promise.resolve({ slug: name })
  return second === 'draft' ? draftRoute.POST(asked, { params }) : one.GET(asked, { params })
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
})
afterAll(async () => {
  await new Promise((done) => server.close(done))
  rmSync(home, { recursive: true })
})

const SIGNED = (name: string) => `# the first\nagent: ${name}\nmcp_scopes: {crm: [read]}\n`

beforeEach(async () => {
  folder = path.join(home, String((made += 1)))
  const agent = await sampleAgent(pools.superuser, 'active')
  ;({ agentId, slug } = agent)
  await pools.superuser.query('UPDATE agent SET owner_id = $1 WHERE id = $2', [owner.id, agentId])
  const ciso = await testPerson(['ciso'])
  const read = parseBoundary(SIGNED(slug))
  if (!read.ok) throw new Error('the sample is wrong')
  await pools.superuser.query(
    `INSERT INTO boundary_version (id, agent_id, version, status, source, document, digest, drafted_by, signed_by, signed_at, statement, lapses_at)
     VALUES ($1, $2, 1, 'signed', $3, $4, $5, $6, $7, now(), 'read', now() + interval '90 days')`,
    [
      ...[newId(), agentId, SIGNED(slug), JSON.stringify(read.document), boundaryDigest(read.document, SIGNED(slug))],
      ...[owner.id, ciso.id],
    ],
  )
})

async function tokenOf(person: Actor, scope: 'read' | 'draft' = 'draft'): Promise<string> {
  return (await createToken(db, person, { name: `policy ${String((made += 1))}`, days: 1, scope }, new Date())).token
}
const tokens = { owner: '', reader: '', other: '' }
beforeAll(async () => {
  tokens.owner = await tokenOf(owner)
  tokens.reader = await tokenOf(owner, 'read')
  tokens.other = await tokenOf(other)
})

async function policy(args: string[], token = tokens.owner) {
  let out = ''
  let error = ''
  const terminal = { out: (text: string) => void (out += text), error: (text: string) => void (error += text) }
  return { exit: await run(args, terminal, { COUNTERSIGN_TOKEN: token }), out, error }
}
const pull = (...more: string[]) => policy(['pull', folder, '--server', url, ...more])
const text = (file: string) => readFileSync(path.join(folder, file), 'utf8')
const write = (file: string, content: string) => writeFileSync(path.join(folder, file), content)
const drafts = async () =>
  (
    await pools.superuser.query<{ version: number; source: string; drafted_by: string; status: string }>(
      `SELECT version, source, drafted_by, status FROM boundary_version WHERE agent_id = $1 AND version > 1 ORDER BY version`,
      [agentId],
    )
  ).rows

describe('npx countersign boundary', () => {
  it('asks where somebody is logged in, and sends no token over plain http to another machine', async () => {
    const env = { XDG_CONFIG_HOME: path.join(home, 'logins') }
    let [out, error] = ['', '']
    const terminal = { out: (said: string) => void (out += said), error: (said: string) => void (error += said) }
    keepLogin(env, url, { token: tokens.owner, expires_at: new Date().toISOString(), person: 'owner' })
    const target = path.join(home, 'pulled')
    expect(await run(['pull', target], terminal, env), error).toBe(0)
    expect(existsSync(path.join(target, '.countersign.json'))).toBe(true)
    const open = await policy(['pull', target, '--server', 'http://countersign.example'])
    expect(open).toMatchObject({ exit: 2, error: expect.stringContaining('not https') as string })
  })

  it('pulls what is in force and what is drafted, and finds nothing to say of them', async () => {
    expect(await pull()).toMatchObject({ exit: 0, error: '' })
    expect(text(`${slug}.yaml`)).toBe(SIGNED(slug))
    expect(await policy(['push', folder])).toMatchObject({ exit: 0 })
    expect(await drafts()).toEqual([])
  })

  it('pushes a changed file as a draft, never as a signature, with an entry in the name of its person', async () => {
    await pull()
    write(`${slug}.yaml`, `${SIGNED(slug)}autonomous: [crm.note]\n`)
    expect(await policy(['diff', folder])).toMatchObject({ exit: 1, out: expect.stringContaining('+ wider') as string })
    const { exit, out } = await policy(['push', folder, '--note', 'for the new desk'])
    expect(exit).toBe(0)
    expect(out).toContain(`/boundaries/${slug}/2`)
    expect(await drafts()).toMatchObject([{ version: 2, status: 'draft', drafted_by: owner.id }])
    const { rows } = await pools.superuser.query<{ envelope: Buffer }>(
      `SELECT envelope FROM ledger.entry WHERE agent_id = $1 AND kind LIKE 'boundary.%'`,
      [agentId],
    )
    expect(rows.map(({ envelope }) => parseEntry(envelope))).toMatchObject([
      { kind: 'boundary.drafted', actor: `person:${owner.id}` },
    ])
    // again, and again from what it left
    write(`${slug}.yaml`, `${SIGNED(slug)}autonomous: [crm.note, crm.tag]\n`)
    expect((await policy(['push', folder])).exit).toBe(0)
    expect(await drafts()).toMatchObject([{ version: 2, source: expect.stringContaining('crm.tag') as string }])
    expect((await pull()).exit).toBe(0)
    expect(text(`${slug}.yaml`)).toBe(SIGNED(slug))
    expect(text(`${slug}.draft.yaml`)).toContain('crm.tag')
  })

  it('overwrites nobody’s draft: not one saved since, and not somebody else’s', async () => {
    await pull()
    const elsewhere = folder
    folder = path.join(home, String((made += 1)))
    await pull()
    write(`${slug}.yaml`, `${SIGNED(slug)}never: [crm.export]\n`)
    expect((await policy(['push', folder])).exit).toBe(0)
    writeFileSync(path.join(elsewhere, `${slug}.yaml`), `${SIGNED(slug)}never: [crm.other]\n`)
    const late = await policy(['push', elsewhere])
    expect(late).toMatchObject({ exit: 1, error: expect.stringContaining('Pull') as string })
    expect(await drafts()).toMatchObject([{ source: expect.stringContaining('crm.export') as string }])
  })

  it('pulls over no change made here, unless forced', async () => {
    await pull()
    write(`${slug}.yaml`, `${SIGNED(slug)}never: [crm.export]\n`)
    expect(await pull()).toMatchObject({ exit: 2, error: expect.stringContaining(`${slug}.yaml`) as string })
    expect(text(`${slug}.yaml`)).toContain('crm.export')
    expect((await pull('--force')).exit).toBe(0)
    expect(text(`${slug}.yaml`)).toBe(SIGNED(slug))
  })

  it('drafts with a token made for it alone, and only what its person may draft', async () => {
    await pull()
    write(`${slug}.yaml`, `${SIGNED(slug)}never: [crm.export]\n`)
    expect(await policy(['push', folder], tokens.reader)).toMatchObject({
      exit: 1,
      error: expect.stringContaining('An API token reads') as string,
    })
    expect((await policy(['push', folder], tokens.other)).exit).toBe(1)
    expect((await policy(['push', folder], 'cst_nothing')).exit).toBe(3)
    expect((await policy(['push', folder], '')).exit).toBe(3)
    expect(await drafts()).toEqual([])
  })

  it('signs nothing: the token of a ciso made for drafting is refused', async () => {
    const ciso = await testPerson(['ciso'])
    const answer = await fetch(`${url}/api/console/boundaries/${slug}/1/signature`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await tokenOf(ciso)}`, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({
      code: 'not_permitted',
      detail: 'This API token reads, and drafts boundaries; it changes nothing else.',
    })
  })

  it('sends none of them where one text is wrong, and says its place', async () => {
    await pull()
    write(`${slug}.yaml`, `${SIGNED(slug)}never: [crm.export]\n`)
    write('zz.yaml', 'agent: zz\nnevr: []\n')
    expect(await policy(['push', folder])).toMatchObject({
      exit: 2,
      error: expect.stringContaining('zz.yaml:2:1') as string,
    })
    expect(await drafts()).toEqual([])
  })

  it.each<[string, () => string[]]>([
    ['a folder nobody pulled into', () => ['push', path.join(home, 'never')]],
    ['no server', () => ['pull', folder]],
    ['an unknown word', () => ['sign', folder, '--server', url]],
  ])('%s is a sentence and exit 2', async (_, args) => {
    const { exit, error } = await policy(args())
    expect(exit).toBe(2)
    expect(error).not.toMatch(/\n\s+at /)
    expect(existsSync(path.join(folder, '.countersign.json'))).toBe(false)
  })
})
