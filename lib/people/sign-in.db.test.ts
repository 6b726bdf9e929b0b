import { describe, expect, it } from 'vitest'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { actorOfBearer, actorOfCookies } from './actor-read'
import { actorOfSession } from './actor-store'
import { changePassword } from './change-password'
import { checkPassword } from './check-password'
import { deactivate } from './deactivate'
import { reset, setPassword } from './reset'
import { revokeOtherSessions, revokeSession } from './revoke-session'
import { signIn } from './sign-in'
import { signedInCookie } from './session-cookie'
import { cookieOfActor, entriesOf, signedInAs, testOrganisation, TEST_PASSWORD, testPerson } from './testing'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const administrator = await testOrganisation()
const HOME = '192.0.2.7'

describe('signing in', () => {
  it('with the right password opens a session that a cookie names, and the ledger says so', async () => {
    const now = new Date()
    const { personId } = await checkPassword(
      db,
      { email: 'petra@quillhaven.example', password: TEST_PASSWORD },
      HOME,
      now,
    )
    expect(personId).toBe(administrator.id)
    const sessionId = await transaction((tx) => signIn(tx, personId, { address: HOME, userAgent: 'Firefox' }, now))
    const cookie = (await signedInCookie(sessionId, personId)).split(';')[0]
    expect(await actorOfCookies(db, `theme=dark; ${cookie}`)).toMatchObject({
      id: personId,
      roles: ['administrator'],
      readOnly: false,
      via: { kind: 'session', id: sessionId },
    })
    const entries = await entriesOf(database, 'person.signed_in')
    expect(entries.at(-1)).toMatchObject({ actor: `person:${personId}`, about: { session: sessionId } })
    expect(JSON.stringify(entries)).not.toContain(HOME)
  })

  it('says the same for a wrong password, an unknown account and a deactivated one', async () => {
    const gone = await testPerson()
    await deactivate(administrator, gone.id, 'left', new Date())
    for (const [email, password] of [
      ['petra@quillhaven.example', 'not the password'],
      ['nobody@quillhaven.example', TEST_PASSWORD],
      [gone.email, TEST_PASSWORD],
    ] as const)
      await expect(checkPassword(db, { email, password }, '192.0.2.8', new Date())).rejects.toMatchObject({
        code: 'invalid_credential',
        message: 'The email or the password is not right.',
      })
  })

  it('is slowed after ten wrong passwords from one address, right password or not, and not from another', async () => {
    const person = await testPerson()
    const now = new Date('2026-11-20T14:00:00Z')
    const attempt = (password: string, address: string) =>
      checkPassword(db, { email: person.email, password }, address, now)
    for (let tries = 0; tries < 10; tries++)
      await expect(attempt('wrong wrong wrong', '198.51.100.1')).rejects.toMatchObject({ code: 'invalid_credential' })
    await expect(attempt(TEST_PASSWORD, '198.51.100.1')).rejects.toMatchObject({
      code: 'too_many_requests',
      retryAfterSeconds: 900,
    })
    await expect(attempt(TEST_PASSWORD, '198.51.100.2')).resolves.toEqual({ personId: person.id })
  })

  it('is not denied to the owner of an account by one stranger who goes on guessing', async () => {
    const person = await testPerson()
    const now = new Date('2026-11-20T14:00:00Z')
    const attempt = (password: string, address: string) =>
      checkPassword(db, { email: person.email, password }, address, now)
    const guesses = Array.from({ length: 120 }, () => attempt('wrong wrong wrong', '198.51.100.9').catch(() => null))
    await Promise.all(guesses)
    await expect(attempt(TEST_PASSWORD, '198.51.100.10')).resolves.toEqual({ personId: person.id })
  })

  it('counts tries at unknown accounts too, so that they look the same', async () => {
    const now = new Date('2026-11-20T14:00:00Z')
    const attempt = () => checkPassword(db, { email: 'ghost@quillhaven.example', password: 'x' }, '198.51.100.3', now)
    for (let tries = 0; tries < 10; tries++)
      await expect(attempt()).rejects.toMatchObject({ code: 'invalid_credential' })
    await expect(attempt()).rejects.toMatchObject({ code: 'too_many_requests' })
  })

  it('counts tries made at the same moment, each of them', async () => {
    const now = new Date('2026-11-20T14:00:00Z')
    const tries = Array.from({ length: 14 }, () =>
      checkPassword(db, { email: 'burst@quillhaven.example', password: 'x' }, '198.51.100.4', now).catch(
        (error: { code: string }) => error.code,
      ),
    )
    const codes = await Promise.all(tries)
    expect(codes.filter((code) => code === 'invalid_credential')).toHaveLength(10)
    expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(4)
  })
})

describe('a session', () => {
  it('ends at once when it is revoked', async () => {
    const person = await testPerson()
    const cookie = await cookieOfActor(person)
    expect(await actorOfCookies(db, cookie)).toBeDefined()
    expect(await transaction((tx) => revokeSession(tx, person, person.via.id, new Date()))).toEqual({ own: true })
    expect(await actorOfCookies(db, cookie)).toBeUndefined()
    expect((await entriesOf(database, 'session.revoked')).at(-1)).toMatchObject({ about: { session: person.via.id } })
  })

  it('of somebody else looks as if it did not exist, but to an administrator', async () => {
    const [owner, other] = [await testPerson(), await testPerson(['ciso'])]
    await expect(transaction((tx) => revokeSession(tx, other, owner.via.id, new Date()))).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(transaction((tx) => revokeOtherSessions(tx, other, owner.id, new Date()))).rejects.toMatchObject({
      code: 'not_permitted',
    })
    expect(await actorOfSession(db, owner.via.id)).toBeDefined()
    expect(await transaction((tx) => revokeOtherSessions(tx, administrator, owner.id, new Date()))).toBe(1)
    expect(await actorOfSession(db, owner.via.id)).toBeUndefined()
  })

  it('ends when its person is deactivated', async () => {
    const person = await testPerson()
    await deactivate(administrator, person.id, 'left', new Date())
    expect(await actorOfSession(db, person.via.id)).toBeUndefined()
  })

  it('ends when its time is over', async () => {
    const person = await testPerson()
    await database.pools.superuser.query("UPDATE session SET expires_at = now() - interval '1 second' WHERE id = $1", [
      person.via.id,
    ])
    expect(await actorOfSession(db, person.via.id)).toBeUndefined()
  })

  it('is not named by a cookie of another installation, a changed one, or none', async () => {
    const cookie = await cookieOfActor(administrator)
    const [name, value = ''] = cookie.split('=')
    for (const header of [
      undefined,
      '',
      `${name}=`,
      `${name}=nonsense`,
      `${name}=${value.slice(0, -4)}AAAA`,
      `other=${value}`,
    ])
      expect(await actorOfCookies(db, header)).toBeUndefined()
  })

  it('of everybody else ends with a new password, but the one it was changed from', async () => {
    const here = await testPerson()
    const there = await signedInAs(here.id)
    await transaction((tx) => changePassword(tx, here, 'orchard violin seventeen', new Date()))
    expect(await actorOfSession(db, here.via.id)).toBeDefined()
    expect(await actorOfSession(db, there.via.id)).toBeUndefined()
    await expect(
      checkPassword(db, { email: here.email, password: TEST_PASSWORD }, '192.0.2.9', new Date()),
    ).rejects.toMatchObject({ code: 'invalid_credential' })
    await expect(
      checkPassword(db, { email: here.email, password: 'orchard violin seventeen' }, '192.0.2.9', new Date()),
    ).resolves.toEqual({ personId: here.id })
  })

  it('refuses a new password that is easily guessed', async () => {
    const person = await testPerson()
    await expect(transaction((tx) => changePassword(tx, person, 'countersign1', new Date()))).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'password',
    })
  })
})

describe('a link for a new password', () => {
  it('works once, ends every session, and only its own kind of link works', async () => {
    const person = await testPerson()
    const { secret } = await transaction((tx) => reset(tx, administrator, person.id, 'forgotten', new Date()))
    const link = secret ?? expect.fail('no link')
    const use = (password: string) => transaction((tx) => setPassword(tx, link, password, new Date()))
    await expect(use('short')).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await use('orchard violin seventeen')).toBe(person.id)
    await expect(use('another violin seventeen')).rejects.toMatchObject({ code: 'link_expired' })
    expect(await actorOfSession(db, person.via.id)).toBeUndefined()
  })

  it('ends the one before it', async () => {
    const person = await testPerson()
    const make = () => transaction((tx) => reset(tx, administrator, person.id, 'forgotten', new Date()))
    const [first, second] = [await make(), await make()]
    await expect(
      transaction((tx) => setPassword(tx, first.secret ?? '', 'orchard violin seventeen', new Date())),
    ).rejects.toMatchObject({ code: 'link_expired' })
    expect(
      await transaction((tx) => setPassword(tx, second.secret ?? '', 'orchard violin seventeen', new Date())),
    ).toBe(person.id)
  })
})

describe('a bearer token', () => {
  it('of a foreign form is nobody', async () => {
    for (const header of [
      undefined,
      'Bearer',
      'Bearer x',
      'Basic Y3N0Xw==',
      `Bearer cst_${'A'.repeat(43)}`,
      `Bearer cst_${'A'.repeat(44)}`,
    ])
      expect(await actorOfBearer(db, header)).toBeUndefined()
  })
})
