import { describe, expect, test } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { openPayload } from '@/lib/ledger/open'
import type { Actor } from './actor'
import { checkAssertion } from './passkey-assert'
import { beginToAdd, finishAdding } from './passkey-add'
import { askForAssertion } from './passkey-challenge'
import { beginToRemove, removePasskey, renamePasskey } from './passkey-change'
import { livingPasskeys, signaturesNeedPasskey } from './passkey-store'
import { SoftKey, type Lies } from './passkey-testing'
import { entriesOf, testOrganisation, testPerson } from './testing'

const database = await testDatabase()
await testLedger(database)
await testOrganisation()
const { db } = database
const pool = database.pools.superuser
const now = () => new Date()

async function withKey(roles: Parameters<typeof testPerson>[0] = ['analyst'], key = new SoftKey()) {
  const actor = await testPerson(roles)
  await add(actor, key, 'Laptop')
  return { actor, key }
}
async function add(actor: Actor, key: SoftKey, name: string, by?: SoftKey, lies: Lies = {}) {
  const { create } = await beginToAdd(db, actor, name, now())
  const proof = by?.get(create.challenge)
  return finishAdding(db, actor, { attestation: key.create(create.challenge, lies), ...(proof && { proof }) }, now())
}
const said = (digest = `sha256:${'ab'.repeat(32)}`) =>
  ({ what: 'approval.answer', subject: null, digest, words: 'I approve it.' }) as const
const ask = (actor: Actor) => askForAssertion(db, actor.id, said(), now())
const check = (actor: Actor, given: ReturnType<SoftKey['get']>) =>
  checkAssertion(db, actor.id, 'approval.answer', given, now())

describe('adding a passkey', () => {
  test.each(['ES256', 'EdDSA', 'RS256'] as const)('of %s keeps its public key, and is recorded', async (algorithm) => {
    const { actor, key } = await withKey(['analyst'], new SoftKey(algorithm))
    const [kept] = await livingPasskeys(db, actor.id)
    expect(Buffer.from(kept?.publicKey ?? [])).toEqual(key.cose)
    const entry = (await entriesOf(database, 'passkey.added')).at(-1)
    expect(entry).toMatchObject({ actor: `person:${actor.id}`, about: { passkey: kept?.id }, labels: ['first'] })
    const { options } = await ask(actor)
    await expect(check(actor, key.get(options.challenge))).resolves.toMatchObject({ passkey: kept?.id })
  })

  test('a second one needs the first: a stolen password adds none', async () => {
    const { actor, key } = await withKey()
    await expect(add(actor, new SoftKey(), 'Mine too')).rejects.toMatchObject({ code: 'passkey_required' })
    await expect(add(actor, new SoftKey(), 'Mine too', new SoftKey())).rejects.toMatchObject({
      code: 'passkey_refused',
    })
    await add(actor, new SoftKey(), 'Key in the safe', key)
    expect(await livingPasskeys(db, actor.id)).toHaveLength(2)
    expect((await entriesOf(database, 'passkey.added')).at(-1)).toMatchObject({ labels: ['proven'] })
  })

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no user verification', { unverified: true }],
  ] as const)('is refused for %s, and the challenge is spent', async (_, lies) => {
    const actor = await testPerson(['analyst'])
    const { create } = await beginToAdd(db, actor, 'Laptop', now())
    const key = new SoftKey()
    const bad = finishAdding(db, actor, { attestation: key.create(create.challenge, lies) }, now())
    await expect(bad).rejects.toMatchObject({ code: 'passkey_refused' })
    const good = finishAdding(db, actor, { attestation: key.create(create.challenge) }, now())
    await expect(good).rejects.toMatchObject({ code: 'passkey_challenge' })
    expect(await livingPasskeys(db, actor.id)).toHaveLength(0)
  })

  test('nobody adds one for somebody else, and one credential is one person’s', async () => {
    const { key } = await withKey()
    const [mallory, victim] = [await testPerson(['administrator']), await testPerson(['analyst'])]
    const { create } = await beginToAdd(db, victim, 'Laptop', now())
    const theirs = finishAdding(db, mallory, { attestation: new SoftKey().create(create.challenge) }, now())
    await expect(theirs).rejects.toMatchObject({ code: 'passkey_challenge' })
    await expect(add(mallory, key, 'Found')).rejects.toMatchObject({ code: 'already_exists' })
  })
})

describe('an answer of a passkey', () => {
  test.each([
    ['another origin', { origin: 'https://evil.example' }, /another address/],
    ['another relying party', { rpId: 'evil.example' }, /another site/],
    ['no user verification', { unverified: true }, /did not check/],
    ['a signature over something else', { forged: true }, /does not hold/],
    ['a counter that went back', { counter: 1 }, /counter went back/],
  ] as const)('is refused for %s, and the challenge is spent', async (_, lies, words) => {
    const { actor, key } = await withKey()
    const { options: before } = await ask(actor)
    await check(actor, key.get(before.challenge))
    const { options } = await ask(actor)
    await expect(check(actor, key.get(options.challenge, lies))).rejects.toMatchObject({
      code: 'passkey_refused',
      message: expect.stringMatching(words),
    })
    await expect(check(actor, key.get(options.challenge))).rejects.toMatchObject({ code: 'passkey_challenge' })
  })

  test('is refused when it is replayed, late, for another purpose, or somebody else’s', async () => {
    const { actor, key } = await withKey()
    const other = await withKey()
    const { options } = await ask(actor)
    const given = key.get(options.challenge)
    await expect(check(other.actor, given)).rejects.toMatchObject({ code: 'passkey_challenge' })
    await expect(checkAssertion(db, actor.id, 'boundary.sign', given, now())).rejects.toMatchObject({
      code: 'passkey_challenge',
    })
    await check(actor, given)
    await expect(check(actor, given)).rejects.toMatchObject({ code: 'passkey_challenge' })
    // somebody else's credential, at a challenge of one's own
    const { options: own } = await ask(actor)
    await expect(check(actor, other.key.get(own.challenge))).rejects.toMatchObject({ code: 'passkey_refused' })
    // an answer that borrows the name of the right credential
    const { options: borrowed } = await ask(actor)
    await expect(check(actor, other.key.get(borrowed.challenge, { id: key.id }))).rejects.toMatchObject({
      code: 'passkey_refused',
    })
    const { options: late } = await ask(actor)
    await pool.query(`UPDATE passkey_challenge SET expires_at = clock_timestamp() WHERE used_at IS NULL`)
    await expect(check(actor, key.get(late.challenge))).rejects.toMatchObject({ code: 'passkey_challenge' })
  })

  test('two at once: one counts', async () => {
    const { actor, key } = await withKey()
    const { options } = await ask(actor)
    const given = key.get(options.challenge)
    const answers = await Promise.allSettled([check(actor, given), check(actor, given), check(actor, given)])
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('cannot be asked over a secret, which the ledger would redact', async () => {
    const { actor } = await withKey()
    const secret = { ...said(), reason: `ghp_${'a1B2'.repeat(9)}` }
    await expect(askForAssertion(db, actor.id, secret, now())).rejects.toMatchObject({ code: 'invalid_request' })
  })
})

describe('removing and renaming', () => {
  test('needs a passkey of one’s own, and is recorded with the answer', async () => {
    const { actor, key } = await withKey()
    const [kept] = await livingPasskeys(db, actor.id)
    const id = kept?.id ?? ''
    await expect(removePasskey(db, actor, id, undefined, now())).rejects.toMatchObject({ code: 'passkey_required' })
    const { options } = await beginToRemove(db, actor, id, now())
    await removePasskey(db, actor, id, key.get(options.challenge), now())
    expect(await livingPasskeys(db, actor.id)).toHaveLength(0)
    const entry = (await entriesOf(database, 'passkey.removed')).at(-1)
    expect(entry).toMatchObject({ actor: `person:${actor.id}`, about: { passkey: id } })
    const opened = await openPayload(pool, String(entry?.['id']))
    expect(opened).toMatchObject({ payload: { name: 'Laptop', passkey: { statement: { what: 'passkey.remove' } } } })
    // it answers for nothing any more, and is not added again
    await expect(add(actor, key, 'Back')).rejects.toMatchObject({ code: 'already_exists' })
  })

  test('an administrator removes, renames and adds nobody’s', async () => {
    const { actor, key } = await withKey(['ciso'])
    const administrator = await testPerson(['administrator'])
    const id = (await livingPasskeys(db, actor.id))[0]?.id ?? ''
    const { options } = await beginToRemove(db, actor, id, now())
    for (const attempt of [
      () => beginToRemove(db, administrator, id, now()),
      () => removePasskey(db, administrator, id, key.get(options.challenge), now()),
      () => renamePasskey(db, administrator, id, 'Mine'),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' })
    expect(await livingPasskeys(db, actor.id)).toHaveLength(1)
  })

  test('the answer for one passkey removes no other', async () => {
    const { actor, key } = await withKey()
    const { id: second } = await add(actor, new SoftKey(), 'Spare', key)
    const first = (await livingPasskeys(db, actor.id)).find(({ id }) => id !== second)?.id ?? ''
    const { options } = await beginToRemove(db, actor, first, now())
    const other = removePasskey(db, actor, second, key.get(options.challenge), now())
    await expect(other).rejects.toMatchObject({ code: 'passkey_challenge' })
  })
})

describe('what Postgres holds', () => {
  const app = database.pools.app
  test('the app login changes no public key, takes no challenge back, and brings no passkey back', async () => {
    const { actor, key } = await withKey()
    const { options } = await ask(actor)
    await check(actor, key.get(options.challenge))
    const id = (await livingPasskeys(db, actor.id))[0]?.id ?? ''
    const refused = [
      [`UPDATE passkey SET public_key = '\\x00' WHERE id = $1`, [id]],
      [`UPDATE passkey SET person_id = person_id WHERE id = $1`, [id]],
      [`UPDATE passkey SET counter = 0 WHERE id = $1`, [id]],
      [`DELETE FROM passkey WHERE id = $1`, [id]],
      [`UPDATE passkey_challenge SET statement = '{}' WHERE passkey_id = $1`, [id]],
      [`UPDATE passkey_challenge SET used_at = NULL WHERE passkey_id = $1`, [id]],
      [`UPDATE boundary_version SET signed_with = $1`, [id]],
    ] as const
    for (const [text, values] of refused)
      await expect(app.query(text, [...values]), text).rejects.toMatchObject({ code: '42501' })
    await app.query('UPDATE passkey SET removed_at = now(), removed_by = person_id WHERE id = $1', [id])
    await expect(
      app.query('UPDATE passkey SET removed_at = NULL, removed_by = NULL WHERE id = $1', [id]),
    ).rejects.toMatchObject({ code: '42501' })
  })

  test('signatures need a passkey from a ciso’s first one on, and also after it is gone', async () => {
    await pool.query(`UPDATE person SET roles = '{}' WHERE 'ciso' = ANY (roles)`)
    expect(await signaturesNeedPasskey(db)).toBe(false)
    const { actor } = await withKey(['ciso'])
    expect(await signaturesNeedPasskey(db)).toBe(true)
    await pool.query('UPDATE passkey SET removed_at = now(), removed_by = person_id WHERE person_id = $1', [actor.id])
    expect(await signaturesNeedPasskey(db)).toBe(true)
  })
})
