import type { Db } from '@/lib/db/client'
import { newId } from '@/lib/core/ids'
import type { Role } from './role'

/** A one-time link: the first administrator's, a colleague's, or one for a new password. */
export type InvitationKind = 'first' | 'join' | 'reset'

export type Invitation = {
  id: string
  kind: InvitationKind
  email: string | null
  name: string | null
  roles: Role[]
  personId: string | null
  invitedBy: string | null
  expiresAt: Date
}

export async function insertInvitation(
  db: Db,
  invitation: Omit<Invitation, 'id' | 'roles'> & {
    roles: readonly Role[]
    tokenHash: Uint8Array<ArrayBuffer>
    createdAt: Date
  },
): Promise<string> {
  const id = newId(invitation.createdAt.getTime())
  await db.invitation.create({ data: { id, ...invitation, roles: [...invitation.roles] }, select: { id: true } })
  return id
}

/** The living invitation behind a link, without using it. By the unique index on `token_hash`. */
export async function findInvitation(db: Db, hash: Uint8Array<ArrayBuffer>, kind: InvitationKind, now: Date) {
  const found = await db.invitation.findFirst({
    where: { tokenHash: hash, kind, usedAt: null, revokedAt: null, expiresAt: { gt: now } },
  })
  return found === null ? undefined : (found as Invitation)
}

/** Uses an invitation up. Of two who try at once, Postgres lets one through: the other finds it used. */
export async function claimInvitation(
  db: Db,
  hash: Uint8Array<ArrayBuffer>,
  kind: InvitationKind,
  now: Date,
): Promise<Invitation | undefined> {
  const rows = await db.$queryRaw<Invitation[]>`
    UPDATE invitation SET used_at = ${now}
    WHERE token_hash = ${hash} AND kind = ${kind} AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ${now}
    RETURNING id, kind, email, name, roles, person_id AS "personId", invited_by AS "invitedBy", expires_at AS "expiresAt"`
  return rows[0]
}

/** Revokes the living invitations of a kind, for an address, a person, or all of them; answers their ids. */
export async function revokeInvitations(
  db: Db,
  which: { id?: string; kind?: InvitationKind; email?: string; personId?: string },
  now: Date,
): Promise<string[]> {
  const revoked = await db.invitation.updateManyAndReturn({
    where: { ...which, usedAt: null, revokedAt: null, expiresAt: { gt: now } },
    data: { revokedAt: now },
    select: { id: true },
  })
  return revoked.map(({ id }) => id)
}
