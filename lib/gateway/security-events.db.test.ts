import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleBoundary, type Governed } from '@/lib/decisions/governed-testing'
import { readingsSince, testGateway } from '@/lib/gateway/gateway-testing'
import { parseEntry } from '@/lib/ledger/entry'
import { testPerson } from '@/lib/people/testing'
import { CONTAINING, VERIFICATION } from '@/lib/signals/security-event'
import { type AskedToken, startProvider } from '@/lib/signals/testing'
import { distrustProvider, linkSubject, trustProvider } from '@/lib/signals/trust-provider'

const database = await testDatabase()
const { pools } = database
const { app } = await testGateway(database)
const noor = await testPerson(['administrator'])
const ISSUER = 'https://idp.test'
const AUDIENCE = 'https://countersign.test/api/v1/security-events'
const [REVOKED = '', CREDENTIAL = '', DISABLED = ''] = Object.keys(CONTAINING)

const idp = await startProvider()
let providerId = ''
let agent: Governed
let email = ''

beforeAll(async () => {
  const given = { name: 'Example IdP', issuer: ISSUER, audience: AUDIENCE, jwks_url: idp.keysAt, private: true }
  providerId = await transaction((tx) => trustProvider(tx, noor, given, new Date()))
  agent = await governed(pools.superuser, sampleBoundary())
  email = (
    await pools.superuser.query<{ email: string }>(
      'SELECT p.email FROM person p JOIN agent a ON a.owner_id = p.id WHERE a.id = $1',
      [agent.agentId],
    )
  ).rows[0]?.email as string
})
afterAll(() => {
  idp.stop()
})

const seconds = () => Math.floor(Date.now() / 1_000)
const about = (address: string, uri = REVOKED) => ({
  sub_id: { format: 'email', email: address },
  events: { [uri]: { event_timestamp: seconds() } },
})
const signed = ({ claims, ...asked }: AskedToken): Promise<string> =>
  idp.sign({ ...asked, claims: { iss: ISSUER, aud: AUDIENCE, iat: seconds(), jti: randomUUID(), ...claims } })
async function push(token: string, type = 'application/secevent+jwt') {
  const response = await app.inject({
    method: 'POST',
    url: '/api/v1/security-events',
    headers: { 'content-type': type, accept: 'application/json' },
    payload: token,
  })
  return { status: response.statusCode, body: response.body, headers: response.headers }
}
const halts = async () =>
  (
    await pools.superuser.query<{ reason: string }>(
      `SELECT reason FROM halt WHERE scope = 'agent' AND target = $1 AND lifted_at IS NULL`,
      [agent.agentId],
    )
  ).rows
const free = () => pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
const entries = async (kind: string) =>
  (
    await pools.superuser.query<{ envelope: Buffer }>('SELECT envelope FROM ledger.entry WHERE kind = $1 ORDER BY id', [
      kind,
    ])
  ).rows.flatMap(({ envelope }) => parseEntry(envelope) ?? [])
const refusal = ({ status, body }: { status: number; body: string }) => [
  status,
  (JSON.parse(body) as { err: string }).err,
]

describe('an identity provider’s event', () => {
  it.each([
    [REVOKED, 'session revoked'],
    [CREDENTIAL, 'credential change'],
    [DISABLED, 'account disabled'],
  ])('%s contains the agents of whom it is about, and names itself', async (uri, words) => {
    await free()
    expect(await push(await signed({ claims: about(email, uri) }))).toMatchObject({ status: 202, body: '' })
    expect((await halts()).map(({ reason }) => reason)).toEqual([
      `The identity provider Example IdP said of its owner: ${words}.`,
    ])
    expect((await entries('security_event.received')).at(-1)).toMatchObject({
      actor: 'system',
      labels: [words.replaceAll(' ', '_'), 'contained'],
    })
    expect((await entries('halt.engaged')).at(-1)).toMatchObject({ actor: 'system', agent: agent.agentId })
  })

  it('about a subject that a person was noted for contains theirs, and nobody’s before', async () => {
    await free()
    const claims = { sub_id: { format: 'iss_sub', iss: ISSUER, sub: '00u7' }, events: { [REVOKED]: {} } }
    expect((await push(await signed({ claims }))).status).toBe(202)
    expect(await halts()).toEqual([])
    await transaction((tx) => linkSubject(tx, noor, providerId, { subject: '00u7', email }, new Date()))
    await push(await signed({ claims: { ...claims, sub_id: { ...claims.sub_id, iss: 'https://other.test' } } }))
    expect(await halts()).toEqual([])
    await push(await signed({ claims }))
    expect(await halts()).toHaveLength(1)
  })

  it('to see whether somebody listens is taken, and contains nobody', async () => {
    await free()
    const claims = { sub_id: { format: 'email', email }, events: { [VERIFICATION]: { state: 'x' } } }
    expect((await push(await signed({ claims }))).status).toBe(202)
    expect((await entries('security_event.received')).at(-1)?.labels).toEqual(['verification', 'verified'])
    expect(await halts()).toEqual([])
  })

  it('sent again is acknowledged and does nothing: whoever was lifted since is not halted again', async () => {
    await free()
    const token = await signed({ claims: about(email) })
    await push(token)
    await free()
    expect((await push(token)).status).toBe(202)
    expect(await halts()).toEqual([])
  })

  it('another under the same jti is refused', async () => {
    await free()
    const jti = randomUUID()
    await push(await signed({ claims: { ...about('nobody@example.com'), jti } }))
    expect(refusal(await push(await signed({ claims: { ...about(email), jti } })))).toEqual([400, 'invalid_request'])
    expect(await halts()).toEqual([])
  })
})

describe('what is no event of theirs', () => {
  const past = 25 * 3_600
  it.each<[string, () => AskedToken, string]>([
    ['signed by another key', () => ({ forged: true, claims: about(email) }), 'invalid_key'],
    ['for another audience', () => ({ claims: { ...about(email), aud: 'https://other.test' } }), 'invalid_audience'],
    ['of an issuer nobody trusts', () => ({ claims: { ...about(email), iss: 'https://evil.test' } }), 'invalid_issuer'],
    ['issued two days ago', () => ({ claims: { ...about(email), iat: seconds() - past } }), 'invalid_request'],
    ['issued in the future', () => ({ claims: { ...about(email), iat: seconds() + 300 } }), 'invalid_request'],
    ['expired', () => ({ claims: { ...about(email), exp: seconds() - 5 } }), 'invalid_request'],
    ['without a jti', () => ({ claims: { ...about(email), jti: undefined } }), 'invalid_request'],
    ['an ID token', () => ({ header: { typ: 'JWT' }, claims: about(email) }), 'invalid_request'],
    ['without an event', () => ({ claims: { events: {} } }), 'invalid_request'],
  ])('%s is refused as RFC 8935 says, and contains nobody', async (_, asked, err) => {
    await free()
    const answer = await push(await signed(asked()))
    expect(refusal(answer)).toEqual([400, err])
    expect(answer.headers['content-type']).toContain('application/json')
    expect(await halts()).toEqual([])
  })

  it.each(['', 'x', 'a.b.c', '{}', 'e30.e30.'])('%j is refused', async (token) => {
    expect(refusal(await push(token))).toEqual([400, 'invalid_request'])
  })

  it('as JSON, or longer than 64 KiB, is refused', async () => {
    expect(refusal(await push(await signed({ claims: about(email) }), 'application/jwt'))).toEqual([
      400,
      'invalid_request',
    ])
    expect((await push('x'.repeat(70_000))).status).toBe(413)
  })

  it('unsigned is refused, whatever its header says', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { iss: ISSUER, aud: AUDIENCE, iat: seconds(), jti: randomUUID(), ...about(email) }
    const token = `${part({ alg: 'none', typ: 'secevent+jwt' })}.${part(claims)}.`
    expect(refusal(await push(token))[0]).toBe(400)
    expect(await halts()).toEqual([])
  })

  it('under a key they published since we looked, or nobody did, is to be sent again, and makes us fetch no more', async () => {
    await free()
    await push(await signed({ claims: about(email) }))
    await free()
    const before = await idp.served()
    for (const kid of ['idp-2', 'k1', 'k2', 'k3', '']) {
      const answer = await push(await signed({ header: { kid }, claims: about(email), forged: true }))
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([503, { code: 'unavailable' }])
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
    expect(await idp.served()).toBe(before)
    expect(await halts()).toEqual([])
  })

  it('floods without keeping an event of theirs out, nor costing the database a lookup each', async () => {
    await free()
    const tokens = await Promise.all([
      ...Array.from({ length: 300 }, () => signed({ claims: { ...about(email), iss: 'https://evil.test' } })),
      ...Array.from({ length: 300 }, () => signed({ claims: about(email), forged: true })),
    ])
    const reads = vi.spyOn(pool('app'), 'query')
    const began = performance.now()
    const statuses = new Set((await Promise.all(tokens.map((token) => push(token)))).map(({ status }) => status))
    expect([...statuses].toSorted()).toEqual([400, 429])
    expect(await halts()).toEqual([])
    const lookups = reads.mock.calls.filter(([text]) => JSON.stringify(text).includes('identity_provider'))
    expect(lookups.length).toBeGreaterThan(0)
    expect(lookups.length).toBeLessThan(60 + readingsSince(began))
    reads.mockRestore()
    expect((await push(await signed({ claims: about(email) }))).status).toBe(202)
    expect(await halts()).toHaveLength(1)
  })
})

describe('a provider', () => {
  const given = {
    name: 'B',
    issuer: 'https://b.test',
    audience: AUDIENCE,
    jwks_url: 'https://b.test/jwks',
    private: false,
  }
  const trust = (over: Partial<typeof given>) =>
    transaction((tx) => trustProvider(tx, noor, { ...given, ...over }, new Date()))
  it.each([
    ['the metadata service', { jwks_url: 'http://169.254.169.254/jwks', private: true }],
    ['a private address without the choice', { jwks_url: 'https://10.0.0.1/jwks' }],
    ['http to anywhere', { jwks_url: 'http://b.test/jwks' }],
  ])('whose keys are at %s is refused', async (_, over) => {
    await expect(trust(over)).rejects.toMatchObject({ code: 'invalid_request', field: 'jwks_url' })
  })

  it('is heard once by its issuer, and no more once removed; what it contained stays', async () => {
    await expect(trust({ issuer: ISSUER })).rejects.toMatchObject({ code: 'already_exists', field: 'issuer' })
    await free()
    await push(await signed({ claims: about(email) }))
    await transaction((tx) => distrustProvider(tx, noor, providerId, new Date()))
    expect(await halts()).toHaveLength(1)
    expect(refusal(await push(await signed({ claims: about(email) })))).toEqual([400, 'invalid_issuer'])
    expect(publicId('provider', providerId)).toMatch(/^idp_/)
  })

  it('and its events are nothing the app may change', async () => {
    await expect(pools.app.query(`UPDATE identity_provider SET audience = 'x'`)).rejects.toMatchObject({
      code: '42501',
    })
    await expect(pools.app.query(`DELETE FROM security_event`)).rejects.toMatchObject({ code: '42501' })
  })
})

describe('a provider that publishes several keys of one type', () => {
  it('is heard under each of them where a token names none, and under no other', async () => {
    await idp.publish()
    const given = { name: 'Two keys', issuer: ISSUER, audience: AUDIENCE, jwks_url: idp.keysAt, private: true }
    await transaction((tx) => trustProvider(tx, noor, given, new Date()))
    for (const other of [false, true]) {
      await free()
      const token = await signed({ header: { kid: '' }, claims: about(email), forged: other })
      const [head, , signature] = token.split('.')
      const altered = (await signed({ header: { kid: '' }, claims: about(email) })).split('.')[1]
      // none of the keys verifies it, and another could have come since
      await expect.poll(async () => refusal(await push(`${head}.${altered}.${signature}`))).toEqual([503, undefined])
      expect(await halts()).toEqual([])
      // who is heard is kept for a moment: until then it is to come again
      await expect.poll(async () => (await push(token)).status).toBe(202)
      expect(await halts()).toHaveLength(1)
    }
  })
})
