import type { Db } from '@/lib/db/client'
import { newId } from '@/lib/core/ids'
import { SESSION_HOURS } from './session-cookie'

export async function insertSession(
  db: Db,
  session: { personId: string; userAgent: string; address: string; now: Date },
): Promise<string> {
  const { now, ...rest } = session
  const id = newId(now.getTime())
  const expiresAt = new Date(now.getTime() + SESSION_HOURS * 3_600_000)
  await db.session.create({
    data: { id, ...rest, createdAt: now, lastSeenAt: now, expiresAt },
    select: { id: true },
  })
  return id
}

export function findSession(db: Db, id: string) {
  return db.session.findUnique({ where: { id }, select: { id: true, personId: true, revokedAt: true } })
}

/** Revokes the living sessions of a person, but for the one named; answers them. `machine`: of a command line. */
export async function revokeSessions(
  db: Db,
  which: { id?: string; personId: string; except?: string },
  now: Date,
): Promise<{ id: string; machine: string | null }[]> {
  return db.session.updateManyAndReturn({
    where: {
      personId: which.personId,
      revokedAt: null,
      expiresAt: { gt: now },
      id: which.id ?? (which.except === undefined ? undefined : { not: which.except }),
    },
    data: { revokedAt: now },
    select: { id: true, machine: true },
  })
}
