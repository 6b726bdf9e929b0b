import { mkdtempSync, chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, describe, expect, test } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { readAccessToken, scopeFor, signAccessToken, TOKEN_SECONDS, type TokenSubject } from './token'
import { openTokenKeys } from './token-keys'

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-keys-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})
const keys = await openTokenKeys(folder)
const issuer = 'https://countersign.example.com'
const now = new Date('2026-11-20T12:00:00Z')
const seconds = now.getTime() / 1000
const subject: TokenSubject = {
  agentId: '019a0000-0000-7000-8000-000000000001',
  credentialId: '019a0000-0000-7000-8000-000000000002',
  clientId: 'ag_000000000000000000000001',
  scope: 'act',
}
const refused = { code: 'invalid_credential' }
const claims = {
  client_id: subject.clientId,
  credential: publicId('credential', subject.credentialId),
  scope: 'act',
}
const forge = (change: (jwt: SignJWT) => SignJWT, header: object = {}) =>
  change(
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: keys.signing.kid, ...header })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(publicId('agent', subject.agentId))
      .setJti('j')
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 60),
  ).sign(keys.signing.privateKey)

describe('an access token', () => {
  test('says whose it is and what for, and nothing about the agent’s state', async () => {
    const token = await signAccessToken(keys.signing, issuer, subject, 'jti-1', seconds)
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: keys.signing.kid })
    expect(await readAccessToken(token, keys.verifying, issuer, now)).toEqual({
      ...subject,
      tokenId: 'jti-1',
      audience: issuer,
      expiresAt: seconds + TOKEN_SECONDS,
    })
  })

  test('is worth nothing once its ten minutes are over', async () => {
    const token = await signAccessToken(keys.signing, issuer, subject, 'jti-1', seconds)
    const at = (offset: number) => readAccessToken(token, keys.verifying, issuer, new Date((seconds + offset) * 1000))
    await expect(at(TOKEN_SECONDS - 1)).resolves.toMatchObject({ scope: 'act' })
    await expect(at(TOKEN_SECONDS)).rejects.toMatchObject(refused)
  })

  test('is refused when it claims to live longer than ten minutes', async () => {
    const token = await forge((jwt) => jwt.setIssuedAt(seconds - 700).setExpirationTime(seconds + 9000))
    await expect(readAccessToken(token, keys.verifying, issuer, now)).rejects.toMatchObject(refused)
  })

  test.each([
    ['another issuer', (jwt: SignJWT) => jwt.setIssuer('https://evil.example.com')],
    ['another audience', (jwt: SignJWT) => jwt.setAudience('https://evil.example.com')],
    ['an audience that only begins like ours', (jwt: SignJWT) => jwt.setAudience(`${issuer}.evil.example.com/mcp/x`)],
    ['two audiences', (jwt: SignJWT) => jwt.setAudience([issuer, `${issuer}/mcp/x`])],
    ['a subject that is no agent', (jwt: SignJWT) => jwt.setSubject('per_00000000000000000000000000000000')],
  ])('with %s is refused', async (_name, change) => {
    const result = readAccessToken(await forge(change), keys.verifying, issuer, now)
    await expect(result).rejects.toMatchObject(refused)
  })

  test('of another type, key or algorithm is refused', async () => {
    const other = await openTokenKeys(path.join(folder, 'other'))
    const foreign = await signAccessToken(other.signing, issuer, subject, 'j', seconds)
    const typed = await forge((jwt) => jwt, { typ: 'JWT' })
    const symmetric = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: keys.signing.kid })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(publicId('agent', subject.agentId))
      .setJti('j')
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 60)
      .sign(Buffer.from(keys.published.keys[0]?.x ?? '', 'base64url'))
    const unsigned = new UnsecuredJWT({ ...claims, sub: publicId('agent', subject.agentId) }).encode()
    for (const token of [foreign, typed, symmetric, unsigned, 'x', 'a.b.c', '']) {
      await expect(readAccessToken(token, keys.verifying, issuer, now)).rejects.toMatchObject(refused)
    }
  })
})

describe('the scope an agent is given', () => {
  test('halted and suspended agents hear of halts and nothing more', () => {
    expect(scopeFor('active', false)).toBe('act')
    expect(scopeFor('active', true)).toBe('halts')
    expect(scopeFor('suspended', false)).toBe('halts')
  })
  test('a registered agent may ask, a retired one gets no token', () => {
    expect(scopeFor('registered', false)).toBe('act')
    expect(scopeFor('retired', false)).toBeNull()
  })
})

describe('the issuer’s keys', () => {
  const file = path.join(folder, 'token-keys.json')
  test('are kept for their user alone, and are the same after a restart', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await openTokenKeys(folder)).published).toEqual(keys.published)
  })
  test('are published without their secret', () => {
    expect(keys.published.keys).toHaveLength(1)
    expect(Object.keys(keys.published.keys[0] ?? {}).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  })
  test('that others can read stop the start', async () => {
    chmodSync(file, 0o644)
    await expect(openTokenKeys(folder)).rejects.toThrow(/others/)
    chmodSync(file, 0o600)
  })
  test('of the time before a replacement still verify', async () => {
    const both = path.join(folder, 'both')
    await openTokenKeys(both)
    const bothFile = path.join(both, 'token-keys.json')
    const next = (JSON.parse(readFileSync(bothFile, 'utf8')) as { keys: unknown[] }).keys
    const old = (JSON.parse(readFileSync(file, 'utf8')) as { keys: unknown[] }).keys
    writeFileSync(bothFile, JSON.stringify({ keys: [...next, ...old] }))
    const rotated = await openTokenKeys(both)
    expect(rotated.signing.kid).not.toBe(keys.signing.kid)
    const token = await signAccessToken(keys.signing, issuer, subject, 'j', seconds)
    await expect(readAccessToken(token, rotated.verifying, issuer, now)).resolves.toMatchObject({ tokenId: 'j' })
  })
  test('can be given by the environment, the same on every replica', async () => {
    const seed = Buffer.alloc(32, 7).toString('base64')
    const other = Buffer.alloc(32, 8).toString('base64')
    const one = await openTokenKeys('/nowhere', { COUNTERSIGN_TOKEN_KEY: seed })
    const both = await openTokenKeys('/nowhere', { COUNTERSIGN_TOKEN_KEY: `${other}, ${seed}` })
    expect(both.published.keys[1]?.kid).toBe(one.signing.kid)
    expect(both.signing.kid).not.toBe(one.signing.kid)
    await expect(openTokenKeys('/nowhere', { COUNTERSIGN_TOKEN_KEY: 'short' })).rejects.toThrow(/32 bytes/)
  })
  test('that are damaged stop the start', async () => {
    const broken = path.join(folder, 'broken')
    await openTokenKeys(broken)
    writeFileSync(path.join(broken, 'token-keys.json'), '{"keys":[]}')
    await expect(openTokenKeys(broken)).rejects.toThrow(/damaged/)
  })
})
