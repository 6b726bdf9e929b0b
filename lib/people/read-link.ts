import type { Db } from '@/lib/db/client'
import { findInvitation, type Invitation, type InvitationKind } from './invitation-store'
import { hashSecret, looksLikeSecret } from './one-time'

/** What a one-time link still offers, without using it up; undefined when it no longer works. For the page it opens. */
export async function readLink(
  db: Db,
  secret: string,
  kind: InvitationKind,
  now: Date,
): Promise<Pick<Invitation, 'name' | 'email' | 'roles' | 'personId' | 'expiresAt'> | undefined> {
  return looksLikeSecret(secret) ? findInvitation(db, hashSecret(secret), kind, now) : undefined
}
