import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { askForChange } from './ask-for-change'
import { needsCosignature } from './co-signature'
import { claimInvitation, insertInvitation, revokeInvitations } from './invitation-store'
import { hashSecret, makeSecret } from './one-time'
import { hashPassword } from './password-hash'
import { passwordProblem } from './password'
import { can } from './permission'
import type { Role } from './role'
import { endSessions } from './revoke-session'
import { findOpenChange, findPerson, tellPeople, updatePasswordHash } from './store'

/** How long a link for a new password works. */
export const RESET_HOURS = 24

/**
 * Makes a one-time link with which somebody sets a new password, shown to the administrator this once. For a ciso it waits for
 * another ciso, who is the one to get the link: an administrator who held it could become the ciso.
 * @returns the secret of the link, or that it waits
 * @throws Fault `not_found`, `not_permitted`, `wrong_state`, `already_exists`
 */
export async function reset(
  db: Db,
  actor: Actor,
  personId: string,
  reason: string,
  now: Date,
): Promise<{ secret: string | undefined }> {
  const person = await findPerson(db, personId)
  if (person === null) throw fault('not_found')
  const permission = can(actor, 'person.reset', { personId })
  if (!permission.ok) throw fault('not_permitted', { detail: permission.reason })
  if (person.deactivatedAt !== null) throw fault('wrong_state', { detail: 'Reactivate this account first.' })
  // Whoever is about to become a ciso counts as one: a password known before would be a ciso's after.
  const becoming = (await findOpenChange(db, personId, 'grant_ciso')) !== null
  if (becoming || needsCosignature('reset', { roles: person.roles as Role[] }, true)) {
    await askForChange(db, actor.id, { personId, change: 'reset', reason }, now)
    return { secret: undefined }
  }
  return { secret: await makeResetLink(db, actor.id, personId, reason, now) }
}

/** The link itself, once nothing stands against it; the one before it ends. For the verbs that decide so. */
export async function makeResetLink(db: Db, by: string, personId: string, reason: string, now: Date): Promise<string> {
  await revokeInvitations(db, { kind: 'reset', personId }, now)
  const { secret, hash } = makeSecret()
  const id = await insertInvitation(db, {
    kind: 'reset',
    tokenHash: hash,
    email: null,
    name: null,
    roles: [],
    personId,
    invitedBy: by,
    createdAt: now,
    expiresAt: new Date(now.getTime() + RESET_HOURS * 3_600_000),
  })
  await append(db, {
    kind: 'person.edited',
    actor: `person:${by}`,
    about: { person: personId, invitation: id },
    labels: ['password_link'],
    payload: { reason },
  })
  return secret
}

/**
 * Sets a new password with such a link, once. Every session and API token of theirs ends: whoever knew the old password is out.
 * @returns whose it is
 * @throws Fault `link_expired`, `invalid_request` on `password`
 */
export async function setPassword(db: Db, link: string, password: string, now: Date): Promise<string> {
  const invitation = await claimInvitation(db, hashSecret(link), 'reset', now)
  const person = invitation?.personId ? await findPerson(db, invitation.personId) : null
  if (invitation === undefined || person === null || person.deactivatedAt !== null) throw fault('link_expired')
  if (person.roles.includes('ciso') && !(await isFromCiso(db, invitation.invitedBy))) throw fault('link_expired')
  const problem = passwordProblem(password, person)
  if (problem !== undefined) throw fault('invalid_request', { field: 'password', detail: problem })
  await updatePasswordHash(db, person.id, await hashPassword(password))
  await append(db, {
    kind: 'person.edited',
    actor: `person:${person.id}`,
    about: { person: person.id, invitation: invitation.id },
    labels: ['password'],
  })
  await endSessions(db, person.id, { personId: person.id }, now)
  await db.apiToken.updateMany({ where: { personId: person.id, revokedAt: null }, data: { revokedAt: now } })
  await tellPeople(db)
  return person.id
}

/** A link that an administrator made while somebody was no ciso yet would let them in as the ciso that person became. */
async function isFromCiso(db: Db, invitedBy: string | null): Promise<boolean> {
  const inviter = invitedBy === null ? null : await findPerson(db, invitedBy)
  return inviter?.deactivatedAt === null && inviter.roles.includes('ciso')
}
