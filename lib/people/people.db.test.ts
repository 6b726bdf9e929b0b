import { beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from './actor'
import { actorOfBearer } from './actor-read'
import { actorOfSession } from './actor-store'
import { assignOnCall, endOnCall } from './assign-on-call'
import { changeRoles } from './change-roles'
import { coSign } from './co-sign'
import { createToken, revokeToken } from './create-token'
import { deactivate } from './deactivate'
import { createTeam } from './edit-organisation'
import { found, firstRunLink } from './found'
import { invite, revokeInvitation } from './invite'
import { join } from './join'
import { reactivate } from './reactivate'
import { reset, setPassword } from './reset'
import type { Role } from './role'
import { entriesOf, signedInAs, testOrganisation, testPerson, TEST_ORIGIN, TEST_PASSWORD } from './testing'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const now = () => new Date()
const founding = {
  organisation: 'Another',
  timeZone: 'UTC',
  name: 'Somebody Else',
  email: 'else@quillhaven.example',
  password: TEST_PASSWORD,
}
const secretOf = (link: string | undefined) => link?.split('/').at(-1) ?? expect.fail('no link')

// before anybody exists
const older = secretOf(await firstRunLink(db, TEST_ORIGIN, now()))
const newer = secretOf(await firstRunLink(db, TEST_ORIGIN, now()))
const olderAnswer = await transaction((tx) => found(tx, older, founding, now())).catch((error: unknown) => error)
const late = new Date(Date.now() + 2 * 3_600_000)
const lateAnswer = await transaction((tx) => found(tx, newer, founding, late)).catch((error: unknown) => error)
const weakAnswer = await transaction((tx) => found(tx, newer, { ...founding, password: 'countersign1' }, now())).catch(
  (error: unknown) => error,
)
const administrator = await testOrganisation()

describe('the first run', () => {
  it('a link ends when a newer one is made, and after an hour', () => {
    expect(olderAnswer).toMatchObject({ code: 'link_expired' })
    expect(lateAnswer).toMatchObject({ code: 'link_expired' })
  })

  it('a weak password uses nothing up', () => {
    expect(weakAnswer).toMatchObject({ code: 'invalid_request', field: 'password' })
  })

  it('makes one administrator, and says so in the ledger without their name', async () => {
    expect(administrator.roles).toEqual(['administrator'])
    const [joined] = await entriesOf(database, 'person.joined')
    expect(joined).toMatchObject({ labels: ['administrator'], about: { person: administrator.id } })
    expect(JSON.stringify(joined)).not.toMatch(/petra/i)
    expect(await entriesOf(database, 'organisation.created')).toHaveLength(1)
  })

  it('is over as soon as there is somebody', async () => {
    expect(await firstRunLink(db, TEST_ORIGIN, now())).toBeUndefined()
    await expect(transaction((tx) => found(tx, newer, founding, now()))).rejects.toMatchObject({ code: 'link_expired' })
  })
})

function inviteOne(email: string, roles: Role[] = [], by: Actor = administrator) {
  return transaction((tx) => invite(tx, by, { name: 'Ilse Tamm', email, roles }, now()))
}
function joinBy(secret: string, at = now()) {
  return transaction((tx) => join(tx, secret, { name: 'Ilse Tamm', password: TEST_PASSWORD }, at))
}

describe('an invitation', () => {
  it('lets one join of two who use it at the same moment', async () => {
    const { secret } = await inviteOne('race@quillhaven.example', ['analyst'])
    const answers = await Promise.allSettled([joinBy(secret), joinBy(secret), joinBy(secret)])
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'link_expired' })
    expect(await db.person.count({ where: { email: 'race@quillhaven.example' } })).toBe(1)
  })

  it('ends after 72 hours, when it is revoked, and when the address is invited again', async () => {
    const first = await inviteOne('late@quillhaven.example')
    const second = await inviteOne('late@quillhaven.example')
    await expect(joinBy(first.secret)).rejects.toMatchObject({ code: 'link_expired' })
    await expect(joinBy(second.secret, new Date(Date.now() + 73 * 3_600_000))).rejects.toMatchObject({
      code: 'link_expired',
    })
    await transaction((tx) => revokeInvitation(tx, administrator, second.id, now()))
    await expect(joinBy(second.secret)).rejects.toMatchObject({ code: 'link_expired' })
  })

  it('ends with whoever invited', async () => {
    const other = await testPerson(['administrator'])
    const { secret } = await inviteOne('orphan@quillhaven.example', [], other)
    await deactivate(administrator, other.id, 'left', now())
    await expect(joinBy(secret)).rejects.toMatchObject({ code: 'link_expired' })
  })

  it('is refused for an address that is here', async () => {
    await expect(inviteOne('petra@quillhaven.example')).rejects.toMatchObject({
      code: 'already_exists',
      field: 'email',
    })
  })

  it('survives a weak password', async () => {
    const { secret } = await inviteOne('weak@quillhaven.example')
    const weak = transaction((tx) => join(tx, secret, { name: 'Ilse Tamm', password: 'ilse ilse ilse' }, now()))
    await expect(weak).rejects.toMatchObject({ code: 'invalid_request', field: 'password' })
    await expect(joinBy(secret)).resolves.toBeTypeOf('string')
  })
})

describe('administrators', () => {
  it('two who deactivate each other at the same moment leave one', async () => {
    const [a, b] = [await testPerson(['administrator']), await testPerson(['administrator'])]
    await database.pools.superuser.query("UPDATE person SET roles = '{}' WHERE id = $1", [administrator.id])
    const answers = await Promise.allSettled([
      deactivate(a, b.id, 'me first', now()),
      deactivate(b, a.id, 'me first', now()),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await db.person.count({ where: { roles: { has: 'administrator' }, deactivatedAt: null } })).toBe(1)
    await database.pools.superuser.query("UPDATE person SET roles = '{administrator}' WHERE id = $1", [
      administrator.id,
    ])
  })

  it('one who takes the role from the other while that one does the same leaves one', async () => {
    await database.pools.superuser.query("UPDATE person SET roles = '{}' WHERE 'administrator' = ANY(roles)")
    const [a, b] = [await testPerson(['administrator']), await testPerson(['administrator'])]
    const take = (by: Actor, from: Actor) =>
      transaction((tx) => changeRoles(tx, by, from.id, { roles: [], reason: 'me first' }, now()))
    const answers = await Promise.allSettled([take(a, b), take(b, a)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await db.person.count({ where: { roles: { has: 'administrator' }, deactivatedAt: null } })).toBe(1)
    await database.pools.superuser.query("UPDATE person SET roles = '{administrator}' WHERE id = $1", [
      administrator.id,
    ])
  })

  it('nobody changes their own roles or deactivates themselves', async () => {
    await expect(deactivate(administrator, administrator.id, 'bye', now())).rejects.toMatchObject({
      code: 'not_permitted',
    })
    await expect(
      transaction((tx) =>
        changeRoles(tx, administrator, administrator.id, { roles: ['ciso'], reason: 'why not' }, now()),
      ),
    ).rejects.toMatchObject({ code: 'not_permitted' })
  })

  it('nobody else deactivates anybody', async () => {
    const [ciso, victim] = [await testPerson(['ciso']), await testPerson()]
    await expect(deactivate(ciso, victim.id, 'no reason', now())).rejects.toMatchObject({ code: 'not_permitted' })
    expect(await actorOfSession(db, victim.via.id)).toBeDefined()
  })
})

describe('deactivating', () => {
  it('ends sessions, tokens and shifts, and the person may come back', async () => {
    const person = await testPerson(['analyst'])
    const { token } = await transaction((tx) => createToken(tx, person, { name: 'script', days: 30 }, now()))
    await transaction((tx) => assignOnCall(tx, administrator, { personId: person.id }, now()))
    await deactivate(administrator, person.id, 'left', now())
    expect(await actorOfSession(db, person.via.id)).toBeUndefined()
    expect(await actorOfBearer(db, `Bearer ${token}`)).toBeUndefined()
    await expect(deactivate(administrator, person.id, 'again', now())).rejects.toMatchObject({ code: 'wrong_state' })
    await reactivate(administrator, person.id, 'came back', now())
    expect(await signedInAs(person.id)).toMatchObject({ roles: ['analyst'], onCall: false })
    expect(await actorOfBearer(db, `Bearer ${token}`)).toBeUndefined()
    expect((await entriesOf(database, 'person.deactivated')).at(-1)).toMatchObject({ about: { person: person.id } })
    expect((await entriesOf(database, 'person.reactivated')).at(-1)).toMatchObject({ about: { person: person.id } })
  })
})

describe('a ciso', () => {
  let first: Actor
  beforeEach(async () => {
    await database.pools.superuser.query("UPDATE person SET roles = '{}' WHERE 'ciso' = ANY(roles)")
    first = await testPerson(['ciso'], 'Ilse Tamm')
  })
  const change = async (personId: string) =>
    (await db.personChange.findFirst({ where: { personId, answer: null } })) ?? expect.fail('nothing waits')

  it('the first one is made by an invitation alone; the second waits for the first', async () => {
    await database.pools.superuser.query("UPDATE person SET roles = '{}' WHERE id = $1", [first.id])
    const one = await joinBy((await inviteOne(`one-${first.id}@quillhaven.example`, ['ciso'])).secret)
    expect((await signedInAs(one)).roles).toEqual(['ciso'])
    const two = await joinBy((await inviteOne(`two-${first.id}@quillhaven.example`, ['ciso', 'analyst'])).secret)
    expect((await signedInAs(two)).roles).toEqual(['analyst'])
    await coSign(await signedInAs(one), (await change(two)).id, 'approved', now())
    expect((await signedInAs(two)).roles).toEqual(['ciso', 'analyst'])
  })

  it('a deactivated one still counts: nobody replaces the only ciso by their own', async () => {
    await database.pools.superuser.query('UPDATE person SET deactivated_at = now() WHERE id = $1', [first.id])
    const puppet = await testPerson()
    const answer = await transaction((tx) =>
      changeRoles(tx, administrator, puppet.id, { roles: ['ciso'], reason: 'mine' }, now()),
    )
    expect(answer).toEqual({ roles: [], waits: true })
    await database.pools.superuser.query('UPDATE person SET deactivated_at = NULL WHERE id = $1', [first.id])
  })

  it('is made, unmade, reset and deactivated only with another ciso, who is neither the one it is about nor the one who asked', async () => {
    const second = await testPerson(['ciso'], 'Second Ciso')
    expect(await deactivate(administrator, second.id, 'left', now())).toEqual({ waits: true })
    expect(await actorOfSession(db, second.via.id)).toBeDefined()
    const waiting = await change(second.id)
    await expect(coSign(second, waiting.id, 'approved', now())).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(coSign(administrator, waiting.id, 'approved', now())).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(deactivate(administrator, second.id, 'again', now())).rejects.toMatchObject({ code: 'already_exists' })
    await coSign(first, waiting.id, 'approved', now())
    expect(await actorOfSession(db, second.via.id)).toBeUndefined()
    await expect(coSign(first, waiting.id, 'refused', now())).rejects.toMatchObject({ code: 'already_decided' })
    expect(await entriesOf(database, 'ciso_change.approved')).not.toHaveLength(0)
  })

  it('keeps the role until it is co-signed away, and forever when that is refused', async () => {
    const second = await testPerson(['ciso', 'analyst'])
    const take = () =>
      transaction((tx) => changeRoles(tx, administrator, second.id, { roles: ['analyst'], reason: 'moved' }, now()))
    expect(await take()).toEqual({ roles: ['ciso', 'analyst'], waits: true })
    await coSign(first, (await change(second.id)).id, 'refused', now())
    expect((await signedInAs(second.id)).roles).toEqual(['ciso', 'analyst'])
    await take()
    await coSign(first, (await change(second.id)).id, 'approved', now())
    expect((await signedInAs(second.id)).roles).toEqual(['analyst'])
  })

  it('gets a new password by a link that the co-signing ciso holds, and the administrator never sees', async () => {
    const second = await testPerson(['ciso'])
    const asked = await transaction((tx) => reset(tx, administrator, second.id, 'forgotten', now()))
    expect(asked.secret).toBeUndefined()
    const { secret } = await coSign(first, (await change(second.id)).id, 'approved', now())
    expect(await transaction((tx) => setPassword(tx, secret ?? '', 'orchard violin seventeen', now()))).toBe(second.id)
  })

  it('cannot be entered by a link that an administrator made before the person became one', async () => {
    const second = await testPerson(['analyst'])
    const { secret } = await transaction((tx) => reset(tx, administrator, second.id, 'forgotten', now()))
    await transaction((tx) =>
      changeRoles(tx, administrator, second.id, { roles: ['ciso', 'analyst'], reason: 'promoted' }, now()),
    )
    const granting = await change(second.id)
    await expect(transaction((tx) => reset(tx, administrator, second.id, 'once more', now()))).resolves.toEqual({
      secret: undefined,
    })
    await coSign(first, granting.id, 'approved', now())
    await expect(
      transaction((tx) => setPassword(tx, secret ?? '', 'orchard violin seventeen', now())),
    ).rejects.toMatchObject({ code: 'link_expired' })
  })

  it('comes back from a deactivation without the role', async () => {
    const second = await testPerson(['ciso', 'analyst'])
    await deactivate(administrator, second.id, 'left', now())
    await coSign(first, (await change(second.id)).id, 'approved', now())
    expect(await reactivate(administrator, second.id, 'came back', now())).toEqual({ waits: true })
    expect((await signedInAs(second.id)).roles).toEqual(['analyst'])
    expect((await change(second.id)).change).toBe('grant_ciso')
  })

  it('two cisos who answer at the same moment: one counts', async () => {
    const [second, third] = [await testPerson(['ciso']), await testPerson(['ciso'])]
    await deactivate(administrator, third.id, 'left', now())
    const { id } = await change(third.id)
    const answers = await Promise.allSettled([
      coSign(first, id, 'approved', now()),
      coSign(second, id, 'refused', now()),
    ])
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'already_decided' } })
  })

  it('an administrator who was made one cannot also become ciso', async () => {
    const other = await testPerson(['administrator'])
    await database.pools.superuser.query(
      "INSERT INTO person_change (id, person_id, change, reason, requested_by) VALUES (gen_random_uuid(), $1, 'grant_ciso', 'both', $2)",
      [other.id, administrator.id],
    )
    await expect(coSign(first, (await change(other.id)).id, 'approved', now())).rejects.toMatchObject({
      code: 'wrong_state',
    })
    expect((await change(other.id)).answer).toBeNull()
  })
})

describe('on call', () => {
  it('is who has a shift now, and ends when somebody ends it', async () => {
    const person = await testPerson()
    const shift = await transaction((tx) => assignOnCall(tx, administrator, { personId: person.id }, now()))
    expect((await signedInAs(person.id)).onCall).toBe(true)
    await transaction((tx) => endOnCall(tx, administrator, shift, now()))
    expect((await signedInAs(person.id)).onCall).toBe(false)
    await expect(transaction((tx) => endOnCall(tx, administrator, shift, now()))).rejects.toMatchObject({
      code: 'wrong_state',
    })
  })

  it('a shift that has not begun can be taken back', async () => {
    const person = await testPerson()
    const startsAt = new Date(Date.now() + 3_600_000)
    const shift = await transaction((tx) => assignOnCall(tx, administrator, { personId: person.id, startsAt }, now()))
    expect((await signedInAs(person.id)).onCall).toBe(false)
    await transaction((tx) => endOnCall(tx, administrator, shift, now()))
    expect((await signedInAs(person.id)).onCall).toBe(false)
  })

  it('is nobody deactivated, and no auditor', async () => {
    const auditor = await testPerson(['auditor'])
    const gone = await testPerson()
    await deactivate(administrator, gone.id, 'left', now())
    for (const personId of [auditor.id, gone.id])
      await expect(transaction((tx) => assignOnCall(tx, administrator, { personId }, now()))).rejects.toMatchObject({
        code: 'invalid_request',
        field: 'personId',
      })
  })
})

describe('an API token', () => {
  it('reads as its maker, who may revoke it, and nobody else but an administrator', async () => {
    const [maker, other] = [await testPerson(['auditor']), await testPerson(['analyst'])]
    const made = await transaction((tx) => createToken(tx, maker, { name: 'export', days: 365 }, now()))
    const bearer = `Bearer ${made.token}`
    expect(await actorOfBearer(db, bearer)).toMatchObject({
      id: maker.id,
      readOnly: true,
      via: { kind: 'token', id: made.id },
    })
    await expect(transaction((tx) => revokeToken(tx, other, made.id, now()))).rejects.toMatchObject({
      code: 'not_found',
    })
    await transaction((tx) => revokeToken(tx, maker, made.id, now()))
    expect(await actorOfBearer(db, bearer)).toBeUndefined()
    await expect(transaction((tx) => revokeToken(tx, maker, made.id, now()))).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('is kept as a hash, and its name apart from the ledger', async () => {
    const maker = await testPerson()
    const made = await transaction((tx) => createToken(tx, maker, { name: 'nightly export', days: 1 }, now()))
    const { rows } = await database.pools.superuser.query('SELECT t::text AS row FROM api_token t WHERE id = $1', [
      made.id,
    ])
    expect(JSON.stringify(rows)).not.toContain(made.token.slice(4, 20))
    expect(JSON.stringify(await entriesOf(database, 'token.created'))).not.toContain('nightly')
  })

  it('ends by itself', async () => {
    const maker = await testPerson()
    const made = await transaction((tx) =>
      createToken(tx, maker, { name: 'short', days: 1 }, new Date(Date.now() - 2 * 86_400_000)),
    )
    expect(await actorOfBearer(db, `Bearer ${made.token}`)).toBeUndefined()
  })

  it('has a name of its own among the living ones of its maker', async () => {
    const maker = await testPerson()
    const make = () => transaction((tx) => createToken(tx, maker, { name: 'export', days: 1 }, now()))
    const { id } = await make()
    await expect(make()).rejects.toMatchObject({ code: 'already_exists', field: 'name' })
    await transaction((tx) => revokeToken(tx, maker, id, now()))
    await expect(make()).resolves.toBeDefined()
  })
})

describe('a team', () => {
  it('has a name of its own, however it is written', async () => {
    await transaction((tx) => createTeam(tx, administrator, 'Platform', now()))
    await expect(transaction((tx) => createTeam(tx, administrator, 'platform', now()))).rejects.toMatchObject({
      code: 'already_exists',
      field: 'name',
    })
  })
})
