import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { claimInvitation, insertInvitation, revokeInvitations } from './invitation-store'
import { hashSecret, makeSecret } from './one-time'
import { hashPassword } from './password-hash'
import { passwordProblem } from './password'
import { countPeople, insertPerson } from './store'

/** How long the first link works. A start of the server makes another one. */
export const FIRST_LINK_MINUTES = 60

/**
 * The one-time link that makes the organisation and its first administrator, for the terminal of whoever started the server
 * (DESIGN §3). Each call makes a new one and ends the one before.
 * @returns the link, or undefined as soon as there is a person
 */
export async function firstRunLink(db: Db, publicUrl: string, now: Date): Promise<string | undefined> {
  if ((await countPeople(db)) > 0) return undefined
  const { secret, hash } = makeSecret()
  await revokeInvitations(db, { kind: 'first' }, now)
  await insertInvitation(db, {
    kind: 'first',
    tokenHash: hash,
    email: null,
    name: null,
    roles: ['administrator'],
    personId: null,
    invitedBy: null,
    createdAt: now,
    expiresAt: new Date(now.getTime() + FIRST_LINK_MINUTES * 60_000),
  })
  return new URL(paths.welcome(secret), publicUrl).href
}

export type Founding = { organisation: string; timeZone: string; name: string; email: string; password: string }

/**
 * Makes the organisation and its first administrator, by the link of this start. It happens once: the link is used up, there
 * can be one organisation, and where there is a person already there is nothing to found.
 * @returns the administrator's id
 * @throws Fault `link_expired`, `invalid_request` on `password`
 */
export async function found(db: Db, link: string, given: Founding, now: Date): Promise<string> {
  const problem = passwordProblem(given.password, given)
  if (problem !== undefined) throw fault('invalid_request', { field: 'password', detail: problem })
  const invitation = await claimInvitation(db, hashSecret(link), 'first', now)
  if (invitation === undefined || (await countPeople(db)) > 0) throw fault('link_expired')
  const id = newId(now.getTime())
  await db.organisation.create({ data: { id: 1, name: given.organisation, timeZone: given.timeZone } })
  await insertPerson(db, {
    id,
    email: given.email,
    name: given.name,
    passwordHash: await hashPassword(given.password),
    roles: ['administrator'],
  })
  await append(db, {
    kind: 'organisation.created',
    actor: `person:${id}`,
    payload: { name: given.organisation, time_zone: given.timeZone },
  })
  await append(db, {
    kind: 'person.joined',
    actor: `person:${id}`,
    about: { person: id, invitation: invitation.id },
    labels: ['administrator'],
    payload: { name: given.name, email: given.email },
  })
  return id
}
