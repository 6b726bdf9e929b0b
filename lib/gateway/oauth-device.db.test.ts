import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { transaction } from '@/lib/db/client'
import { answerDeviceLogin, findLogin } from '@/lib/people/answer-device-login'
import { actorOfBearer } from '@/lib/people/actor-read'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { testGateway } from './gateway-testing'

const database = await testDatabase()
const gateway = await testGateway(database)
await testOrganisation()
const dana = await testPerson(['analyst'])
const pool = database.pools.superuser
afterAll(() => {
  expect(gateway.defects).toEqual([])
})
beforeEach(async () => {
  await pool.query('DELETE FROM throttle')
  await pool.query('DELETE FROM device_login')
})

const CLIENT = { client_id: 'countersign-cli' }
const post = (url: string, fields: Record<string, string>) =>
  gateway.ask('POST', url, null, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'a test',
  })
const open = (fields: Record<string, string> = { ...CLIENT, machine: 'build-7' }) =>
  post('/oauth/device_authorization', fields)
const claim = (code: string, more: Record<string, string> = CLIENT) =>
  post('/oauth/token', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: code, ...more })
type Opened = { device_code: string; user_code: string }
async function allowed(): Promise<string> {
  const { device_code: code, user_code: shown } = (await open()).body as Opened
  const { id } = await findLogin(database.db, dana, shown, new Date())
  await transaction((tx) => answerDeviceLogin(tx, dana, { id, answer: 'allowed' }, new Date()))
  return code
}

describe('POST /oauth/device_authorization', () => {
  test('answers what RFC 8628 §3.2 asks for, and that it must not be kept', async () => {
    const { status, body, headers } = await open()
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'cache-control': 'no-store' })
    const { device_code: code, user_code: shown, ...rest } = body as Opened & Record<string, unknown>
    expect(code).toMatch(/^[\w-]{43}$/)
    expect(shown).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    expect(rest).toEqual({
      verification_uri: 'https://countersign.test/device',
      verification_uri_complete: `https://countersign.test/device?user_code=${shown}`,
      expires_in: 600,
      interval: 3,
    })
  })

  test.each<[string, Record<string, string>, string, number]>([
    ['no client', {}, 'invalid_request', 400],
    ['another client', { client_id: 'curl' }, 'invalid_client', 401],
    ['a scope', { ...CLIENT, scope: 'act' }, 'invalid_scope', 400],
    ['a name that hides something', { ...CLIENT, machine: 'lap\u202etop' }, 'invalid_request', 400],
    ['a name of two lines', { ...CLIENT, machine: 'lap\ntop' }, 'invalid_request', 400],
    ['a name too long', { ...CLIENT, machine: 'x'.repeat(201) }, 'invalid_request', 400],
  ])('refuses %s', async (_name, fields, error, status) => {
    expect(await open(fields)).toMatchObject({ status, body: { error } })
  })

  test('refuses other methods and other bodies in the words of OAuth', async () => {
    expect(await gateway.ask('GET', '/oauth/device_authorization', null)).toMatchObject({
      status: 405,
      body: { error: 'invalid_request' },
    })
    expect(await gateway.ask('POST', '/oauth/device_authorization', null, CLIENT)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    })
  })

  test('is slowed down for an address that asks too often', async () => {
    for (let at = 0; at < 20; at += 1) expect((await open()).status).toBe(200)
    const { status, body, headers } = await open()
    expect({ status, error: (body as { error: string }).error }).toEqual({
      status: 429,
      error: 'temporarily_unavailable',
    })
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('POST /oauth/token with a device code', () => {
  test('says authorization_pending, then slow_down, in the form of RFC 6749 §5.2', async () => {
    const { device_code: code } = (await open()).body as Opened
    expect(await claim(code)).toMatchObject({ status: 400, body: { error: 'authorization_pending' } })
    expect(await claim(code)).toMatchObject({ status: 400, body: { error: 'slow_down' } })
  })

  test('gives a token of eight hours, once, that speaks for who allowed it', async () => {
    const code = await allowed()
    const { status, body, headers } = await claim(code)
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
    const { access_token: token, ...rest } = body as { access_token: string }
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 28_800 })
    expect(await actorOfBearer(database.db, `Bearer ${token}`)).toMatchObject({ id: dana.id, commandLine: true })
    expect(await claim(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await actorOfBearer(database.db, `Bearer ${token}`)).toBeUndefined()
  })

  test('says access_denied and expired_token', async () => {
    const { device_code: code, user_code: shown } = (await open()).body as Opened
    const { id } = await findLogin(database.db, dana, shown, new Date())
    await transaction((tx) => answerDeviceLogin(tx, dana, { id, answer: 'refused' }, new Date()))
    expect(await claim(code)).toMatchObject({ status: 400, body: { error: 'access_denied' } })
    const { device_code: late } = (await open()).body as Opened
    await pool.query(
      "UPDATE device_login SET asked_at = asked_at - interval '11 minutes', expires_at = expires_at - interval '11 minutes'",
    )
    expect(await claim(late)).toMatchObject({ status: 400, body: { error: 'expired_token' } })
  })

  test.each<[string, string, Record<string, string>, string, number]>([
    ['another client', 'A'.repeat(43), { client_id: 'curl' }, 'invalid_client', 401],
    ['a code nobody made', 'A'.repeat(43), CLIENT, 'invalid_grant', 400],
    ['what is no code', '', CLIENT, 'invalid_request', 400],
  ])('refuses %s', async (_name, code, more, error, status) => {
    expect(await claim(code, more)).toMatchObject({ status, body: { error } })
  })
})

describe('POST /oauth/revoke', () => {
  test('ends a token, and answers the same for one that is over or nobody’s (RFC 7009 §2.2)', async () => {
    const { access_token: token } = (await claim(await allowed())).body as { access_token: string }
    expect((await post('/oauth/revoke', { ...CLIENT, token })).status).toBe(200)
    expect(await actorOfBearer(database.db, `Bearer ${token}`)).toBeUndefined()
    expect((await post('/oauth/revoke', { ...CLIENT, token })).status).toBe(200)
    expect((await post('/oauth/revoke', { ...CLIENT, token: `cs_cli_${'A'.repeat(43)}` })).status).toBe(200)
  })

  test('takes no other kind of token', async () => {
    expect(await post('/oauth/revoke', { ...CLIENT, token: 'cst_x' })).toMatchObject({
      status: 400,
      body: { error: 'unsupported_token_type' },
    })
  })
})

test('the metadata name both addresses and the grant (RFC 8414, RFC 8628 §4)', async () => {
  const { body } = await gateway.ask('GET', '/.well-known/oauth-authorization-server', null)
  expect(body).toMatchObject({
    device_authorization_endpoint: 'https://countersign.test/oauth/device_authorization',
    revocation_endpoint: 'https://countersign.test/oauth/revoke',
    grant_types_supported: ['client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'],
  })
})

describe('a token of the command line', () => {
  test('engages a halt, and proposes nothing as an agent', async () => {
    const { access_token: token } = (await claim(await allowed())).body as { access_token: string }
    expect(
      await gateway.ask('POST', '/api/v1/halts', token, { scope: 'environment', environment: 'staging' }),
    ).toMatchObject({ status: 200 })
    expect(await gateway.ask('POST', '/api/v1/actions', token, { tool: 'a.b', arguments: {} })).toMatchObject({
      status: 401,
    })
  })
})
