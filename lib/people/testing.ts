import { newId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import type { TestDatabase } from '@/lib/db/testing'
import { actorOfSession } from './actor-store'
import { answerDeviceLogin, findLogin } from './answer-device-login'
import { askDeviceLogin } from './ask-device-login'
import { claimDeviceLogin } from './claim-device-login'
import type { Actor } from './actor'
import { found, firstRunLink } from './found'
import { hashPassword } from './password-hash'
import type { Role } from './role'
import { openSessions } from './session-config'
import { signedInCookie } from './session-cookie'
import { insertSession } from './session-store'
import { insertPerson } from './store'

/** For database tests of every room: an organisation with people who are really signed in. Not for the product. */
export const TEST_ORIGIN = 'http://localhost:3000'
export const TEST_PASSWORD = 'kelp-lantern-orbit-7'

let hashed: Promise<string> | undefined

/** Says to this process where the console is and with what sessions are sealed. */
export function testSessions(): void {
  openSessions({ publicUrl: TEST_ORIGIN, secret: 'a secret of the tests, long enough to be one' })
}

/** Founds the organisation by its first link, as the first administrator would. The ledger must be open (`testLedger`). */
export async function testOrganisation(): Promise<Actor> {
  testSessions()
  const now = new Date()
  const link = await firstRunLink(db(), TEST_ORIGIN, now)
  const id = await db().$transaction((tx) =>
    found(
      tx,
      link?.split('/').at(-1) ?? '',
      {
        organisation: 'Quillhaven Mutual',
        timeZone: 'Europe/Amsterdam',
        name: 'Petra Vandermolen',
        email: 'petra@quillhaven.example',
        password: TEST_PASSWORD,
      },
      now,
    ),
  )
  return signedInAs(id)
}

/** A person with an account, signed in. */
export async function testPerson(roles: readonly Role[] = [], name = 'Dana Whitlock'): Promise<Actor> {
  hashed ??= hashPassword(TEST_PASSWORD)
  const id = newId()
  await insertPerson(db(), { id, email: `${id}@quillhaven.example`, name, passwordHash: await hashed, roles })
  return signedInAs(id)
}

/** What this person is to a request of theirs now, in a fresh session. */
export async function signedInAs(personId: string): Promise<Actor> {
  const sessionId = await insertSession(db(), { personId, address: '127.0.0.1', userAgent: 'a test', now: new Date() })
  const actor = await actorOfSession(db(), sessionId)
  if (actor === undefined) throw new Error('nobody is signed in')
  return actor
}

/** The token of a command line that this person let in. */
export async function testCommandLine(actor: Actor): Promise<string> {
  const now = new Date()
  const asking = { machine: 'a test', userAgent: 'a test', address: '127.0.0.1' }
  const { deviceCode, userCode } = await askDeviceLogin(db(), asking, now)
  const { id } = await findLogin(db(), actor, userCode, now)
  const given = await db().$transaction(async (tx) => {
    await answerDeviceLogin(tx, actor, { id, answer: 'allowed' }, now)
    return claimDeviceLogin(tx, deviceCode, now)
  })
  if (given.says !== 'token') throw new Error(`no token: ${given.says}`)
  return given.token
}

/** The `Cookie` header of an actor's browser. */
export async function cookieOfActor(actor: Actor): Promise<string> {
  return (await signedInCookie(actor.via.id, actor.id)).split(';', 1)[0] ?? ''
}

/** The ledger's entries of one kind, oldest first, as what they say in the open. */
export async function entriesOf(database: TestDatabase, kind: string): Promise<Record<string, unknown>[]> {
  const { rows } = await database.pools.superuser.query<{ envelope: Buffer }>(
    'SELECT envelope FROM ledger.entry WHERE kind = $1 ORDER BY id',
    [kind],
  )
  return rows.map(({ envelope }) => JSON.parse(envelope.toString('utf8')) as Record<string, unknown>)
}
