import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { insertInvitation, revokeInvitations } from './invitation-store'
import { makeSecret } from './one-time'
import { inOrder, type Role } from './role'
import { findPersonByEmail, lockPeople, tellPeople } from './store'

/** How long a link to join works. */
export const INVITATION_HOURS = 72

/**
 * Invites a colleague. Their link is shown to the inviting administrator this once; inviting the same address again ends the
 * link before.
 * @returns the secret of the link
 * @throws Fault `already_exists` on `email`
 */
export async function invite(
  db: Db,
  actor: Actor,
  given: { name: string; email: string; roles: readonly Role[] },
  now: Date,
): Promise<{ id: string; secret: string; expiresAt: Date }> {
  await lockPeople(db)
  if ((await findPersonByEmail(db, given.email)) !== null)
    throw fault('already_exists', { field: 'email', detail: 'Somebody with this address is here already.' })
  for (const ended of await revokeInvitations(db, { kind: 'join', email: given.email }, now))
    await append(db, { kind: 'invitation.revoked', actor: `person:${actor.id}`, about: { invitation: ended } })
  const { secret, hash } = makeSecret()
  const expiresAt = new Date(now.getTime() + INVITATION_HOURS * 3_600_000)
  const id = await insertInvitation(db, {
    kind: 'join',
    tokenHash: hash,
    email: given.email,
    name: given.name,
    roles: inOrder(given.roles),
    personId: null,
    invitedBy: actor.id,
    createdAt: now,
    expiresAt,
  })
  await append(db, {
    kind: 'person.invited',
    actor: `person:${actor.id}`,
    about: { invitation: id },
    labels: inOrder(given.roles),
  })
  await tellPeople(db)
  return { id, secret, expiresAt }
}

/** Ends a link before it is used. @throws Fault `not_found` */
export async function revokeInvitation(db: Db, actor: Actor, invitationId: string, now: Date): Promise<void> {
  const [ended] = await revokeInvitations(db, { id: invitationId }, now)
  if (ended === undefined) throw fault('not_found')
  await append(db, { kind: 'invitation.revoked', actor: `person:${actor.id}`, about: { invitation: ended } })
  await tellPeople(db)
}
