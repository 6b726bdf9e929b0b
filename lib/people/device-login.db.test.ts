import { beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '@/lib/core/canonical'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { actorOfBearer, actorOfCookies } from './actor-read'
import { answerDeviceLogin, findLogin } from './answer-device-login'
import { askDeviceLogin } from './ask-device-login'
import { changePassword } from './change-password'
import { claimDeviceLogin, logOut, type DeviceAnswer } from './claim-device-login'
import { deactivate } from './deactivate'
import { can } from './permission'
import { readDeviceLogin } from './read-device-login'
import { sessionsOf } from './read-own'
import { revokeOtherSessions, revokeSession } from './revoke-session'
import { signedInCookie } from './session-cookie'
import { forgetDeviceLogins } from './store-device'
import { entriesOf, signedInAs, testOrganisation, testPerson } from './testing'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const administrator = await testOrganisation()
const dana = await testPerson(['analyst'])
const ASKING = { machine: 'build-7', userAgent: 'countersign', address: '203.0.113.9' }
const later = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000)
const claim = (code: string, now: Date) => transaction((tx) => claimDeviceLogin(tx, code, now))
const answer = (actor: typeof dana, id: string, said: 'allowed' | 'refused', now: Date) =>
  transaction((tx) => answerDeviceLogin(tx, actor, { id, answer: said }, now))
const tokenOf = (heard: DeviceAnswer) => (heard.says === 'token' ? heard.token : expect.fail(heard.says))

beforeEach(async () => {
  await database.pools.superuser.query('DELETE FROM throttle')
  await database.pools.superuser.query('DELETE FROM device_login')
})

/** A login that waits, its code typed by a person. */
async function found(actor = dana, now = new Date()) {
  const { deviceCode, userCode } = await askDeviceLogin(db, ASKING, now)
  const { id } = await findLogin(db, actor, userCode, now)
  return { deviceCode, userCode, id, now }
}

/** A person's command line, logged in. */
async function loggedIn(actor = dana) {
  const { deviceCode, id, now } = await found(actor)
  await answer(actor, id, 'allowed', now)
  const token = tokenOf(await claim(deviceCode, now))
  return { token, deviceCode, id, now }
}
const speaksFor = (token: string) => actorOfBearer(db, `Bearer ${token}`)

describe('a command line that is let in', () => {
  it('is given its token once, speaks for who let it in, and shows in their list and in the ledger', async () => {
    const { deviceCode, id, now } = await found()
    expect(await claim(deviceCode, now)).toEqual({ says: 'authorization_pending' })
    await answer(dana, id, 'allowed', now)
    const token = tokenOf(await claim(deviceCode, later(now, 3)))
    expect(await speaksFor(token)).toMatchObject({ id: dana.id, commandLine: true, via: { kind: 'command_line' } })
    const line = (await sessionsOf(db, dana.id, now)).find(({ machine }) => machine === 'build-7')
    expect(line).toMatchObject({ address: '203.0.113.9', expiresAt: later(now, 3 + 8 * 3600) })
    const [allowed] = await entriesOf(database, 'device_login.allowed')
    const [claimed] = await entriesOf(database, 'device_login.claimed')
    expect(allowed).toMatchObject({ actor: `person:${dana.id}`, about: { device_login: id, session: dana.via.id } })
    expect(claimed).toMatchObject({ actor: `person:${dana.id}`, about: { device_login: id, session: line?.id } })
  })

  it('is kept as hashes alone', async () => {
    const { deviceCode, token } = await loggedIn()
    const { rows } = await database.pools.superuser.query<{ text: string }>(
      'SELECT d::text AS text FROM device_login d UNION ALL SELECT s::text FROM session s',
    )
    for (const { text } of rows) for (const secret of [deviceCode, token]) expect(text).not.toContain(secret)
    expect(rows.some(({ text }) => text.includes(sha256(token).toString('hex')))).toBe(true)
  })

  it('never decides what a person decides in a browser', async () => {
    const { token } = await loggedIn(await testPerson(['ciso', 'analyst']))
    const actor = (await speaksFor(token)) ?? expect.fail('nobody')
    for (const act of ['approval.decide', 'boundary.sign', 'halt.lift', 'token.create', 'device_login.answer'] as const)
      expect(can(actor, act, { personId: actor.id })).toMatchObject({ ok: false })
    expect(can(actor, 'halt.engage')).toEqual({ ok: true })
  })

  it('is no browser: its session is not taken from a cookie', async () => {
    const { token } = await loggedIn()
    const actor = (await speaksFor(token)) ?? expect.fail('nobody')
    const [cookie] = (await signedInCookie(actor.via.id, actor.id)).split(';')
    expect(await actorOfCookies(db, cookie)).toBeUndefined()
  })
})

describe('one device code', () => {
  it('claimed by two at once gives at most one token, which ends with the second', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { deviceCode, id, now } = await found()
      await answer(dana, id, 'allowed', now)
      const heard = await Promise.all([1, 2, 3, 4].map(() => claim(deviceCode, now)))
      const tokens = heard.flatMap((each) => (each.says === 'token' ? [each.token] : []))
      expect(tokens).toHaveLength(1)
      expect(heard.filter(({ says }) => says === 'invalid_grant')).toHaveLength(3)
      expect(await speaksFor(tokens[0] ?? '')).toBeUndefined()
    }
  })

  it('shown again later ends what was given for it, and that is recorded', async () => {
    const before = (await entriesOf(database, 'device_login.revoked')).length
    const { token, deviceCode, now } = await loggedIn()
    expect(await speaksFor(token)).toBeDefined()
    expect(await claim(deviceCode, later(now, 60))).toEqual({ says: 'invalid_grant' })
    expect(await speaksFor(token)).toBeUndefined()
    const revoked = await entriesOf(database, 'device_login.revoked')
    expect(revoked).toHaveLength(before + 1)
    expect(revoked.at(-1)).toMatchObject({ actor: 'system', about: { person: dana.id } })
  })

  it('that nobody made is told nothing', async () => {
    expect(await claim('A'.repeat(43), new Date())).toEqual({ says: 'invalid_grant' })
  })

  it('asked for too soon is slowed down, for good', async () => {
    const { deviceCode, now } = await found()
    expect(await claim(deviceCode, now)).toEqual({ says: 'authorization_pending' })
    expect(await claim(deviceCode, later(now, 1))).toEqual({ says: 'slow_down', intervalSeconds: 8 })
    expect(await claim(deviceCode, later(now, 5))).toEqual({ says: 'slow_down', intervalSeconds: 13 })
    expect(await claim(deviceCode, later(now, 19))).toEqual({ says: 'authorization_pending' })
  })

  it('is over after ten minutes, answered or not', async () => {
    const { deviceCode, id, now } = await found()
    await answer(dana, id, 'allowed', later(now, 599))
    expect(await claim(deviceCode, later(now, 600))).toEqual({ says: 'expired_token' })
    const other = await found()
    await expect(answer(dana, other.id, 'allowed', later(other.now, 600))).rejects.toMatchObject({ code: 'expired' })
  })

  it('refused stays refused', async () => {
    const { deviceCode, id, now } = await found()
    await answer(dana, id, 'refused', now)
    expect(await claim(deviceCode, now)).toEqual({ says: 'access_denied' })
    await expect(answer(dana, id, 'allowed', now)).rejects.toMatchObject({ code: 'already_decided' })
    expect((await entriesOf(database, 'device_login.refused')).at(-1)).toMatchObject({ about: { device_login: id } })
  })
})

describe('an account or a browser that ends', () => {
  it('between the answer and the claim leaves nothing to claim', async () => {
    const gone = await testPerson(['analyst'])
    const first = await found(gone)
    await answer(gone, first.id, 'allowed', first.now)
    await deactivate(administrator, gone.id, 'left', new Date())
    expect(await claim(first.deviceCode, first.now)).toEqual({ says: 'access_denied' })

    const out = await testPerson([])
    const second = await found(out)
    await answer(out, second.id, 'allowed', second.now)
    await transaction((tx) => revokeSession(tx, out, out.via.id, new Date()))
    expect(await claim(second.deviceCode, second.now)).toEqual({ says: 'access_denied' })
  })

  it.each<[string, (actor: typeof dana, browser: typeof dana) => Promise<unknown>]>([
    ['deactivation', (actor) => deactivate(administrator, actor.id, 'left', new Date())],
    [
      'a new password',
      (_, browser) => transaction((tx) => changePassword(tx, browser, 'a-quiet-harbour-19', new Date())),
    ],
    ['ending all others', (a, browser) => transaction((tx) => revokeOtherSessions(tx, browser, a.id, new Date()))],
  ])('ends its command lines at once: %s', async (_name, end) => {
    const actor = await testPerson([])
    const { token } = await loggedIn(actor)
    expect(await speaksFor(token)).toBeDefined()
    await end(actor, await signedInAs(actor.id))
    expect(await speaksFor(token)).toBeUndefined()
  })

  it.each<[string, (browser: typeof dana) => Promise<unknown>]>([
    ['a new password', (browser) => transaction((tx) => changePassword(tx, browser, 'a-quiet-harbour-19', new Date()))],
    ['ending all others', (browser) => transaction((tx) => revokeOtherSessions(tx, browser, browser.id, new Date()))],
  ])('ends what was let in and not claimed yet, from the very browser that let it in: %s', async (_name, end) => {
    const browser = await signedInAs((await testPerson([])).id)
    const { deviceCode, id, now } = await found(browser)
    await answer(browser, id, 'allowed', now)
    await end(browser)
    expect(await claim(deviceCode, later(now, 3))).toEqual({ says: 'invalid_grant' })
    expect(await entriesOf(database, 'device_login.revoked')).toContainEqual(
      expect.objectContaining({ about: { person: browser.id, device_login: id } }),
    )
  })

  it('is ended by its person, by nobody else, and by itself', async () => {
    const { token } = await loggedIn()
    const line = (await speaksFor(token)) ?? expect.fail('nobody')
    const stranger = await testPerson(['analyst'])
    await expect(transaction((tx) => revokeSession(tx, stranger, line.via.id, new Date()))).rejects.toMatchObject({
      code: 'not_found',
    })
    await transaction((tx) => revokeSession(tx, dana, line.via.id, new Date()))
    expect(await speaksFor(token)).toBeUndefined()
    const again = await loggedIn()
    await transaction((tx) => logOut(tx, again.token, new Date()))
    expect(await speaksFor(again.token)).toBeUndefined()
    await transaction((tx) => logOut(tx, again.token, new Date()))
  })

  it('ends by itself after eight hours', async () => {
    const { token } = await loggedIn()
    await database.pools.superuser.query(
      "UPDATE session SET created_at = created_at - interval '8 hours', expires_at = expires_at - interval '8 hours' WHERE token_hash = $1",
      [sha256(token)],
    )
    expect(await speaksFor(token)).toBeUndefined()
  })
})

describe('a user code', () => {
  it('belongs to who typed it first, and nobody else sees or answers what asks', async () => {
    const { userCode, id, now } = await found()
    const other = await testPerson(['ciso'])
    await expect(findLogin(db, other, userCode, now)).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await readDeviceLogin(db, other, id, now)).toBeNull()
    await expect(answer(other, id, 'allowed', now)).rejects.toMatchObject({ code: 'not_found' })
    expect(await findLogin(db, dana, userCode.toLowerCase(), now)).toEqual({ id })
  })

  it('typed by two people at once is one person’s', async () => {
    const other = await testPerson([])
    const { userCode } = await askDeviceLogin(db, ASKING, new Date())
    const both = await Promise.allSettled([dana, other].map((actor) => findLogin(db, actor, userCode, new Date())))
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  it('is not guessed: after twenty tries a person waits, also with the right one', async () => {
    const now = new Date()
    const { userCode } = await askDeviceLogin(db, ASKING, now)
    for (let at = 0; at < 20; at += 1)
      await expect(findLogin(db, dana, 'BBBB-BBBB', now)).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(findLogin(db, dana, userCode, now)).rejects.toMatchObject({ code: 'too_many_requests' })
  })

  it('is asked for thirty times in ten minutes from one address, and twenty wait at once', async () => {
    const now = new Date()
    for (let at = 0; at < 20; at += 1) await askDeviceLogin(db, ASKING, now)
    await expect(askDeviceLogin(db, ASKING, now)).rejects.toMatchObject({ code: 'too_many_requests' })
    await askDeviceLogin(db, { ...ASKING, address: '203.0.113.10' }, now)
  })
})

describe('what the server’s own login may do', () => {
  it('takes back no answer, moves no token to somebody else, and makes none live longer', async () => {
    const { id, token } = await loggedIn()
    const other = await testPerson([])
    const app = database.pools.app
    const hash = sha256(token)
    for (const [text, values] of [
      ["UPDATE device_login SET answer = 'refused' WHERE id = $1", [id]],
      ['UPDATE device_login SET person_id = $2 WHERE id = $1', [id, other.id]],
      ['UPDATE device_login SET session_id = NULL, claimed_at = NULL WHERE id = $1', [id]],
      ["UPDATE device_login SET machine = 'x' WHERE id = $1", [id]],
      ['UPDATE session SET person_id = $2 WHERE token_hash = $1', [hash, other.id]],
      ["UPDATE session SET expires_at = expires_at + interval '1 hour' WHERE token_hash = $1", [hash]],
      ['UPDATE session SET token_hash = NULL, machine = NULL WHERE token_hash = $1', [hash]],
    ] as const)
      await expect(app.query(text, [...values]), text).rejects.toMatchObject({ code: '42501' })
  })

  it('forgets what was asked for long ago, and keeps the login it led to', async () => {
    const { token, now } = await loggedIn()
    expect(await forgetDeviceLogins(db, later(now, 1))).toBe(1)
    expect(await speaksFor(token)).toBeDefined()
  })
})
