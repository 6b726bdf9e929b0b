import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalJWKSet, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { testDatabase } from '@/lib/db/testing'
import { type KeysAt, ProviderKeys } from './provider-keys'
import { startProvider } from './testing'

// which ports are its own, the room of connections knows from its settings
await testDatabase()
const idp = await startProvider()
afterAll(() => {
  idp.stop()
})
const MINUTE = 60_000
const T0 = 1_800_000_000_000
const AT: KeysAt = { id: 'idp', jwksUrl: idp.keysAt, private: true }

let keys: ProviderKeys
let before = 0
beforeEach(async () => {
  await idp.serve()
  keys = new ProviderKeys()
  before = await idp.served()
})
const fetched = async () => (await idp.served()) - before
const away = { code: 'unavailable', retryAfterSeconds: expect.any(Number) as number }
const verifies = async (held: JWTVerifyGetKey, forged = false) =>
  jwtVerify(await idp.sign({ header: { kid: forged ? 'idp-2' : 'idp-1' }, forged }), held).then(
    () => true,
    () => false,
  )

describe('the keys of a provider', () => {
  it('are fetched once for all who want them at the same time', async () => {
    await idp.serve('after=100')
    const held = await Promise.all(Array.from({ length: 50 }, () => keys.of(AT, 'idp-1', T0)))
    expect(await fetched()).toBe(1)
    expect(await verifies(held[49] ?? createLocalJWKSet({ keys: [] }))).toBe(true)
  })

  it('serve ten minutes, then are fetched anew; for a day where they cannot be', async () => {
    await keys.of(AT, 'idp-1', T0)
    await keys.of(AT, 'idp-1', T0 + 9 * MINUTE)
    expect(await fetched()).toBe(1)
    await keys.of(AT, 'idp-1', T0 + 11 * MINUTE)
    expect(await fetched()).toBe(2)
    await idp.serve('fails')
    expect(await verifies(await keys.of(AT, 'idp-1', T0 + 23 * 60 * MINUTE))).toBe(true)
    await expect(keys.of(AT, 'idp-1', T0 + 25 * 60 * MINUTE)).rejects.toMatchObject(away)
  })

  it('that cannot be had are tried again after ten seconds and no sooner, whoever asks', async () => {
    await idp.serve('fails')
    for (let n = 0; n < 20; n++) await expect(keys.of(AT, 'idp-1', T0 + n)).rejects.toMatchObject(away)
    expect(await fetched()).toBe(1)
    await idp.serve()
    await keys.of(AT, 'idp-1', T0 + 10_000)
    expect(await fetched()).toBe(2)
  })

  it('of which one is unknown are looked for once a minute; in between nobody says that it is not theirs', async () => {
    await keys.of(AT, 'idp-1', T0)
    for (const kid of ['x', 'y', 'x']) await expect(keys.of(AT, kid, T0 + 30_000)).rejects.toMatchObject(away)
    expect(await fetched()).toBe(1)
    // asked for after the token came, and not among them: it is none of theirs
    await expect(verifies(await keys.of(AT, 'x', T0 + MINUTE))).resolves.toBe(true)
    expect(await fetched()).toBe(2)
    await expect(keys.of(AT, 'x', T0 + MINUTE + 1)).rejects.toMatchObject(away)
    expect(await fetched()).toBe(2)
  })

  it('without end, or slower than five seconds, are not read to their end', async () => {
    await idp.serve('endless')
    await expect(keys.of(AT, 'idp-1', T0)).rejects.toMatchObject(away)
    await idp.serve('after=20000')
    await expect(new ProviderKeys().of(AT, 'idp-1', T0)).rejects.toMatchObject(away)
  })

  it('that are new verify a token that names none of them', async () => {
    await keys.of(AT, 'idp-1', T0)
    await idp.publish()
    await expect(keys.again(AT, T0 + 30_000)).rejects.toMatchObject(away)
    expect(await verifies(await keys.again(AT, T0 + MINUTE), true)).toBe(true)
    expect(await verifies(await keys.of(AT, 'idp-2', T0 + MINUTE), true)).toBe(true)
  })
})
