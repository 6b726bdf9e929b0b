import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GET as proofForPeople } from '@/app/api/console/audit/entries/[index]/proof/route'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { logRoutes } from '@/lib/gateway/log'
import { readSettings } from '@/lib/gateway/server/settings'
import { append } from '@/lib/ledger/append'
import { decodeBundle } from '@/lib/ledger/bundle'
import { openCheckpoint } from '@/lib/ledger/checkpoint'
import { ledger } from '@/lib/ledger/handle'
import { leafHash, rootOf, verifyConsistency } from '@/lib/ledger/merkle'
import { parseVkey, vkeyOf, type NoteVerifier } from '@/lib/ledger/note'
import { readRoot } from '@/lib/ledger/read-log'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { verifyTlogProof } from '@/lib/ledger/tlog-proof'
import { createToken } from '@/lib/people/create-token'
import { cookieOfActor, TEST_ORIGIN, testOrganisation, testPerson } from '@/lib/people/testing'

const database = await testDatabase()
const { ask } = await testGateway(database)
const published = Fastify()
await published.register(logRoutes, {
  settings: readSettings({ COUNTERSIGN_PUBLISH_LOG: '1' }, import.meta.dirname),
})
afterAll(() => published.close())

const SIZE = 300
const verifier = parseVkey(vkeyOf(ledger().checkpoint)) as NoteVerifier
const get = (url: string, token: string | null = null) => ask('GET', url, token)
const hashes = (bytes: Buffer) =>
  Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(32 * i, 32 * i + 32))
const raw = async (url: string) => (await published.inject(url)).rawPayload

describe('before anything is signed', () => {
  it('there is no checkpoint, and it says so', async () => {
    expect(await get('/log/checkpoint')).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: 'Nothing is signed yet. Ask again in a second.' },
    })
  })
})

describe('the log, to machines', () => {
  let auditor: string
  let agentOwner: string
  beforeAll(async () => {
    await testOrganisation()
    const [first, second] = [await testPerson(['auditor']), await testPerson([])]
    auditor = (await createToken(database.db, first, { name: 'tiles', days: 1 }, new Date())).token
    agentOwner = (await createToken(database.db, second, { name: 'tiles', days: 1 }, new Date())).token
    const { rows } = await database.pools.app.query<{ n: string }>('SELECT count(*) AS n FROM ledger.entry')
    for (let n = Number(rows[0]?.n); n < SIZE; n += 1)
      await append(database.pools.app, { kind: 'action.expired', actor: 'system', labels: [`n${n}`] })
    await sequenceOnce(database.pools.sequencer, ledger(), null)
  })

  it('shows its last checkpoint and the keys that check it, and they agree', async () => {
    const [vkey = '', receipts] = ((await get('/log/vkey')).body as string).split('\n')
    const checkpoint = await get('/log/checkpoint')
    expect(checkpoint.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(checkpoint.headers['cache-control']).toBe('public, max-age=1')
    const known = parseVkey(vkey)
    expect(known && openCheckpoint(checkpoint.body as string, known)).toMatchObject({ ok: true, size: SIZE })
    expect(receipts).toBe(vkeyOf(ledger().receipt))
  })

  it('gives tiles and entries to an auditor’s token alone', async () => {
    for (const url of ['/log/tile/0/000', '/log/tile/entries/000', '/log/proof/0']) {
      expect(await get(url)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
      expect(await get(url, 'cst_nonsense')).toMatchObject({ status: 401, body: { code: 'invalid_credential' } })
      expect(await get(url, agentOwner)).toMatchObject({ status: 403, body: { code: 'not_permitted' } })
      const answer = await get(url, auditor)
      expect(answer.status).toBe(200)
      expect(String(answer.headers['cache-control'])).not.toContain('public')
    }
  })

  it('published by choice gives them to everybody, as what never changes', async () => {
    const answer = await published.inject('/log/tile/0/000')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('application/octet-stream')
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  })

  it('has the layout of the specification: from the tiles the root is built, and the entries hash to the leaves', async () => {
    const full = await raw('/log/tile/0/000')
    const partial = await raw(`/log/tile/0/001.p/${SIZE - 256}`)
    expect(full.length).toBe(8_192)
    const leaves = [...hashes(full), ...hashes(partial)]
    const checkpoint = openCheckpoint((await published.inject('/log/checkpoint')).body, verifier)
    expect(checkpoint).toMatchObject({ ok: true, size: leaves.length, root: rootOf(leaves) })
    expect(await raw('/log/tile/1/000.p/1')).toEqual(rootOf(leaves.slice(0, 256)))
    const entries = [
      ...(decodeBundle(await raw('/log/tile/entries/000')) ?? []),
      ...(decodeBundle(await raw(`/log/tile/entries/001.p/${SIZE - 256}`)) ?? []),
    ]
    expect(entries.map(leafHash)).toEqual(leaves)
  })

  it('answers every width of a partial tile that was ever the edge', async () => {
    expect(await raw('/log/tile/0/001.p/3')).toEqual((await raw('/log/tile/0/001.p/9')).subarray(0, 96))
    expect(decodeBundle(await raw('/log/tile/entries/000.p/2'))).toHaveLength(2)
  })

  it.each([
    '/log/tile/0/001', // not full yet
    '/log/tile/0/001.p/45', // beyond the checkpoint
    '/log/tile/1/000.p/2',
    '/log/tile/1/000',
    '/log/tile/2/000.p/1',
    '/log/tile/63/000.p/1',
    '/log/tile/64/000',
    '/log/tile/0/1',
    '/log/tile/0/000.p/256',
    '/log/tile/0/000.p/0',
    '/log/tile/0/x999/x999/x999/x999/999',
    '/log/tile/entries/001',
    '/log/tile/',
    '/log/tile/0/000/',
    '/log/tile/0/..%2f000',
    '/log/proof/300',
    '/log/nothing',
  ])('%s is not there, and says so as a problem', async (url) => {
    const answer = await get(url, auditor)
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  })

  it.each([
    '/log/proof/-1',
    '/log/proof/01',
    '/log/consistency',
    '/log/consistency?from=1e2',
    '/log/consistency?from=1&x=2',
  ])('%s is refused as a bad request', async (url) => {
    expect(await get(url, auditor)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })

  it('proves any two sizes consistent, to anybody, and sizes it never signed to nobody', async () => {
    for (const [from, to] of [
      [1, SIZE],
      [255, 256],
      [256, SIZE],
      [7, 290],
      [SIZE, SIZE],
    ] as const) {
      const lines = String((await get(`/log/consistency?from=${from}&to=${to}`)).body)
      const proof = lines
        .split('\n')
        .slice(0, -1)
        .map((line) => Buffer.from(line, 'base64'))
      const roots = [await readRoot(database.pools.app, from), await readRoot(database.pools.app, to)]
      expect(verifyConsistency(from, to, proof, roots[0] as Buffer, roots[1] as Buffer)).toBe(true)
    }
    for (const query of ['from=0', 'from=5&to=4', `from=1&to=${SIZE + 1}`])
      expect(await get(`/log/consistency?${query}`)).toMatchObject({ status: 404 })
  })

  it('gives a proof file that holds for its entry and no other', async () => {
    const [entry0, entry1] = decodeBundle(await raw('/log/tile/entries/000')) ?? []
    const answer = await get('/log/proof/1', auditor)
    expect(answer.headers['content-disposition']).toBe('attachment; filename="entry-1.tlog-proof"')
    expect(verifyTlogProof(answer.body as string, leafHash(entry1 as Buffer), verifier)).toMatchObject({ ok: true })
    expect(verifyTlogProof(answer.body as string, leafHash(entry0 as Buffer), verifier)).toMatchObject({ ok: false })
  })

  it('gives the same proof file to a signed-in person who may read the entry, and to no one else', async () => {
    const askAs = async (actor: Awaited<ReturnType<typeof testPerson>>) =>
      proofForPeople(
        new Request(`${TEST_ORIGIN}/api/console/audit/entries/1/proof`, {
          headers: { cookie: await cookieOfActor(actor) },
        }),
        { params: Promise.resolve({ index: '1' }) },
      )
    const good = await askAs(await testPerson(['auditor']))
    expect(good.status).toBe(200)
    expect(await good.text()).toBe((await get('/log/proof/1', auditor)).body)
    expect((await askAs(await testPerson([]))).status).toBe(404)
  })
})
