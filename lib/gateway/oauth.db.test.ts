import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { sampleAgent, sampleCredential } from '@/lib/agents/testing'
import { openTokenKeys } from '@/lib/agents/token-keys'
import { newId, publicId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { authenticator, requireAct, requireStanding } from './credential'
import { oauthRoutes } from './oauth'

const database = await testDatabase()
const pool = database.pools.superuser
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-oauth-'))
const keys = await openTokenKeys(folder)
const issuer = 'https://countersign.example.com'
// One moment for the whole file: a window of the throttle must not end between two tries of a test.
const started = new Date()
const app: FastifyInstance = fastify()
await app.register((instance) =>
  oauthRoutes(instance, {
    issuer: () => issuer,
    keys,
    now: () => started,
  }),
)
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => pool.query('DELETE FROM throttle'))

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const ask = (fields: Record<string, string>, headers: Record<string, string> = {}, remoteAddress = '10.0.0.1') =>
  app.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: { ...form, ...headers },
    payload: new URLSearchParams(fields).toString(),
    remoteAddress,
  })
const grant = { grant_type: 'client_credentials' }
type Granted = { access_token: string; token_type: string; expires_in: number; scope: string }

describe('POST /oauth/token', () => {
  test('gives a token of ten minutes for a secret in the body, and says it must not be kept', async () => {
    const agent = await sampleAgent(pool)
    const { id, clientId, clientSecret } = await sampleCredential(pool, agent)
    const response = await ask({ ...grant, client_id: clientId, client_secret: clientSecret })
    expect(response.statusCode).toBe(200)
    expect(response.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
    const { access_token: token, ...rest } = response.json<Granted>()
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 600, scope: 'act' })
    expect(decodeJwt(token)).toMatchObject({
      iss: issuer,
      aud: issuer,
      sub: publicId('agent', agent.agentId),
      client_id: clientId,
      credential: publicId('credential', id),
      scope: 'act',
    })
  })

  test('takes the secret in an Authorization header as well', async () => {
    const agent = await sampleAgent(pool)
    const { clientId, clientSecret } = await sampleCredential(pool, agent)
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    expect((await ask(grant, { authorization: `Basic ${basic}` })).statusCode).toBe(200)
  })

  test('gives halted and suspended agents the stop-only scope, whatever they ask for', async () => {
    const suspended = await sampleCredential(pool, await sampleAgent(pool, 'suspended'))
    const under = await sampleAgent(pool)
    await pool.query("INSERT INTO halt (id, scope, target, epoch) VALUES ($1, 'agent', $2, 1)", [
      newId(),
      under.agentId,
    ])
    const stopped = await sampleCredential(pool, under)
    for (const { clientId, clientSecret } of [suspended, stopped]) {
      const response = await ask({ ...grant, scope: 'act', client_id: clientId, client_secret: clientSecret })
      expect(response.json<Granted>().scope).toBe('halts')
    }
  })

  test('gives less when less is asked for', async () => {
    const { clientId, clientSecret } = await sampleCredential(pool, await sampleAgent(pool))
    const response = await ask({ ...grant, scope: 'halts', client_id: clientId, client_secret: clientSecret })
    expect(response.json<Granted>().scope).toBe('halts')
  })

  test('lets an old secret work beside the new one until its end, and not after', async () => {
    const agent = await sampleAgent(pool)
    const fresh = await sampleCredential(pool, agent)
    const ending = await sampleCredential(pool, agent, new Date(started.getTime() + 60_000))
    const ended = await sampleCredential(pool, agent, new Date(started.getTime() - 1))
    const status = async ({ clientId, clientSecret }: typeof fresh) =>
      (await ask({ ...grant, client_id: clientId, client_secret: clientSecret })).statusCode
    expect(await Promise.all([status(fresh), status(ending), status(ended)])).toEqual([200, 200, 401])
  })

  test('refuses unknown, revoked, retired and mistyped clients with one and the same answer', async () => {
    const agent = await sampleAgent(pool)
    const good = await sampleCredential(pool, agent)
    const revoked = await sampleCredential(pool, agent)
    await pool.query('UPDATE credential SET revoked_at = now() WHERE id = $1', [revoked.id])
    const retired = await sampleCredential(pool, await sampleAgent(pool, 'retired'))
    const other = await sampleCredential(pool, await sampleAgent(pool))
    const tries = [
      { client_id: `ag_${'0'.repeat(24)}`, client_secret: good.clientSecret },
      { client_id: revoked.clientId, client_secret: revoked.clientSecret },
      { client_id: retired.clientId, client_secret: retired.clientSecret },
      { client_id: good.clientId, client_secret: other.clientSecret },
      { client_id: good.clientId, client_secret: 'cs_agent_' },
      { client_id: "' OR 1=1 --", client_secret: 'x' },
    ]
    for (const each of tries) {
      const response = await ask({ ...grant, ...each })
      expect(response.statusCode).toBe(401)
      expect(response.headers['www-authenticate']).toMatch(/^Basic /)
      expect(response.json()).toEqual({
        error: 'invalid_client',
        error_description: 'The client is unknown, or its secret is not valid.',
      })
    }
  })

  test.each([
    ['no grant type', {}, {}, 400, 'invalid_request'],
    ['another grant type', { grant_type: 'password' }, {}, 400, 'unsupported_grant_type'],
    ['an unknown scope', { ...grant, scope: 'root' }, {}, 400, 'invalid_scope'],
    ['a foreign resource', { ...grant, resource: 'https://evil.example.com/' }, {}, 400, 'invalid_target'],
    [
      'a resource that only begins like ours',
      { ...grant, resource: `${issuer}.evil.example` },
      {},
      400,
      'invalid_target',
    ],
    ['two ways to authenticate', grant, { authorization: 'Basic YTpi' }, 400, 'invalid_request'],
    ['a bearer token as the client', grant, { authorization: 'Bearer abc' }, 400, 'invalid_request'],
  ])('refuses %s', async (_name, fields, headers, status, error) => {
    const { clientId, clientSecret } = await sampleCredential(pool, await sampleAgent(pool))
    const response = await ask({ ...fields, client_id: clientId, client_secret: clientSecret }, headers)
    expect(response.statusCode).toBe(status)
    expect(response.json<{ error: string }>().error).toBe(error)
  })

  test('refuses a parameter sent twice, another content type, a body too large, another method', async () => {
    const raw = (payload: string, headers: Record<string, string> = form) =>
      app.inject({ method: 'POST', url: '/oauth/token', headers, payload })
    const all = [
      await raw('grant_type=client_credentials&grant_type=client_credentials'),
      await raw('{"grant_type":"client_credentials"}', { 'content-type': 'application/json' }),
      await raw('', {}),
      await raw(`a=${'x'.repeat(9000)}`),
    ]
    for (const response of all) {
      expect(response.statusCode).toBe(400)
      expect(response.json<{ error: string }>().error).toBe('invalid_request')
    }
    const got = await app.inject({ method: 'GET', url: '/oauth/token' })
    expect([got.statusCode, got.headers.allow]).toEqual([405, 'POST'])
  })

  test('asks a client without credentials for them', async () => {
    const response = await ask(grant)
    expect(response.statusCode).toBe(401)
    expect(response.json<{ error: string }>().error).toBe('invalid_client')
  })
})

describe('guessing', () => {
  test('is shut out after ten wrong secrets, at that address alone', async () => {
    const { clientId, clientSecret } = await sampleCredential(pool, await sampleAgent(pool))
    const wrong = { ...grant, client_id: clientId, client_secret: `cs_agent_${'a'.repeat(43)}` }
    for (let at = 0; at < 10; at++) expect((await ask(wrong)).statusCode).toBe(401)
    const shut = await ask({ ...grant, client_id: clientId, client_secret: clientSecret })
    expect(shut.statusCode).toBe(429)
    expect(Number(shut.headers['retry-after'])).toBeGreaterThan(0)
    const elsewhere = await ask({ ...grant, client_id: clientId, client_secret: clientSecret }, {}, '10.0.0.2')
    expect(elsewhere.statusCode).toBe(200)
  })

  test('with made-up names is counted per address and fills no table', async () => {
    for (let at = 0; at < 100; at++) {
      const response = await ask({ ...grant, client_id: `nobody-${String(at)}`, client_secret: 'x' }, {}, '10.0.0.3')
      expect(response.statusCode).toBe(401)
    }
    expect((await ask({ ...grant, client_id: 'nobody', client_secret: 'x' }, {}, '10.0.0.3')).statusCode).toBe(429)
    expect((await pool.query('SELECT 1 FROM throttle')).rowCount).toBe(1)
  })
})

describe('a token', () => {
  test('verifies with nothing but the published keys, over a real socket', async () => {
    const address = await app.listen({ host: '127.0.0.1', port: 0 })
    const { clientId, clientSecret } = await sampleCredential(pool, await sampleAgent(pool))
    const discovered = (await (await fetch(`${address}/.well-known/oauth-authorization-server`)).json()) as {
      issuer: string
      token_endpoint: string
      jwks_uri: string
    }
    expect(discovered.issuer).toBe(issuer)
    const response = await fetch(discovered.token_endpoint.replace(issuer, address), {
      method: 'POST',
      body: new URLSearchParams({ ...grant, client_id: clientId, client_secret: clientSecret }),
    })
    const { access_token: token } = (await response.json()) as Granted
    const jwks = createRemoteJWKSet(new URL(discovered.jwks_uri.replace(issuer, address)))
    const { payload } = await jwtVerify(token, jwks, { issuer, audience: issuer, typ: 'at+jwt', algorithms: ['EdDSA'] })
    expect(payload.client_id).toBe(clientId)
  })

  test('authenticates its agent, until its credential is revoked', async () => {
    const agent = await sampleAgent(pool)
    const { id, clientId, clientSecret } = await sampleCredential(pool, agent)
    const granted = (await ask({ ...grant, client_id: clientId, client_secret: clientSecret })).json<Granted>()
    const reader = authenticator(keys, () => issuer)
    const header = `Bearer ${granted.access_token}`
    const principal = await reader.authenticate(header, new Date())
    expect(principal).toMatchObject({ agentId: agent.agentId, credentialId: id, clientId, scope: 'act' })
    // the second time from memory: still the same, and still over at its end
    await expect(reader.authenticate(header, new Date())).resolves.toMatchObject({ credentialId: id })
    await expect(reader.authenticate(header, new Date(started.getTime() + 601_000))).rejects.toMatchObject({
      code: 'invalid_credential',
    })
    await requireStanding(database.db, principal, new Date())
    await pool.query('UPDATE credential SET revoked_at = now() WHERE id = $1', [id])
    await expect(requireStanding(database.db, principal, new Date())).rejects.toMatchObject({
      code: 'invalid_credential',
    })
  })

  test('that is missing or malformed is refused, and a stop-only one decides nothing', async () => {
    const reader = authenticator(keys, () => issuer)
    for (const header of [undefined, '', 'Basic YTpi', 'Bearer', 'Bearer a b']) {
      await expect(reader.authenticate(header, new Date())).rejects.toMatchObject({ code: 'unauthenticated' })
    }
    await expect(reader.authenticate('Bearer abc', new Date())).rejects.toMatchObject({ code: 'invalid_credential' })
    const stopOnly = { agentId: 'a', credentialId: 'c', clientId: 'ag', scope: 'halts' as const }
    expect(() => {
      requireAct(stopOnly)
    }).toThrow(expect.objectContaining({ code: 'stop_only' }) as Error)
  })
})
