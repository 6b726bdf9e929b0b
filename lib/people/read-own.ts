import type { Db } from '@/lib/db/client'

export type SessionRow = {
  id: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
  userAgent: string
  address: string
  /** of a command line: what its machine calls itself */
  machine: string | null
}

/** The living sessions of a person, the last used first. */
export function sessionsOf(db: Db, personId: string, now: Date): Promise<SessionRow[]> {
  return db.session.findMany({
    where: { personId, revokedAt: null, expiresAt: { gt: now } },
    select: {
      id: true,
      createdAt: true,
      lastSeenAt: true,
      expiresAt: true,
      userAgent: true,
      address: true,
      machine: true,
    },
    orderBy: { lastSeenAt: 'desc' },
  })
}

export type TokenRow = {
  id: string
  name: string
  /** its last four characters */
  hint: string
  /** `draft`: it also drafts boundaries; `halt`: it engages halts and does nothing else */
  scope: string
  createdAt: Date
  expiresAt: Date
  lastUsedAt: Date | null
}

/** The living API tokens of a person, the newest first. */
export function tokensOf(db: Db, personId: string, now: Date): Promise<TokenRow[]> {
  return db.apiToken.findMany({
    where: { personId, revokedAt: null, expiresAt: { gt: now } },
    select: { id: true, name: true, hint: true, scope: true, createdAt: true, expiresAt: true, lastUsedAt: true },
    orderBy: { createdAt: 'desc' },
  })
}
