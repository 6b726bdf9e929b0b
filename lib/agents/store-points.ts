import type { Db } from '@/lib/db/client'

export type PointRow = {
  id: string
  name: string
  hint: string
  createdBy: string
  createdAt: Date
  expiresAt: Date
  lastUsedAt: Date | null
  revokedAt: Date | null
}

const COLUMNS = {
  id: true,
  name: true,
  hint: true,
  createdBy: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  revokedAt: true,
} as const

/** One enforcement point, or null. */
export function findPoint(db: Db, id: string): Promise<PointRow | null> {
  return db.enforcementPoint.findUnique({ where: { id }, select: COLUMNS })
}

/** The point a token belongs to, or null; uses `enforcement_point_token_hash_key`. */
export function pointByToken(db: Db, tokenHash: Uint8Array<ArrayBuffer>): Promise<PointRow | null> {
  return db.enforcementPoint.findUnique({ where: { tokenHash }, select: COLUMNS })
}

/** The hashes of the tokens that stand at a moment, in base64. */
export async function pointHashes(db: Db, now: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ hash: string }[]>`
    SELECT encode(token_hash, 'base64') AS hash FROM enforcement_point WHERE revoked_at IS NULL AND expires_at > ${now}`
  return rows.map(({ hash }) => hash)
}

/** Enforcement points, newest first, those that still work before the others. */
export function listPoints(db: Db, most: number): Promise<PointRow[]> {
  return db.enforcementPoint.findMany({
    orderBy: [{ revokedAt: { sort: 'asc', nulls: 'first' } }, { createdAt: 'desc' }],
    take: most,
    select: COLUMNS,
  })
}

/** Notes that a point asked, at most once a minute: it says "in use", it is no log. */
export async function touchPoint(db: Db, id: string, now: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE enforcement_point SET last_used_at = ${now}
    WHERE id = ${id}::uuid AND (last_used_at IS NULL OR last_used_at < ${new Date(now.getTime() - 60_000)})`
}

/** An agent that a point may ask for, with the credential it asks with. */
export type PointAgent = { agentId: string; slug: string; ownerId: string; credentialId: string }

/**
 * The agents a point may ask for, by slug; uses `credential_point_agent_key`.
 * @param after the slug to go on from
 */
export async function agentsOfPoint(db: Db, pointId: string, after: string, most: number): Promise<PointAgent[]> {
  return db.$queryRaw<PointAgent[]>`
    SELECT a.id::text AS "agentId", a.slug, a.owner_id::text AS "ownerId", c.id::text AS "credentialId"
      FROM credential c JOIN agent a ON a.id = c.agent_id
     WHERE c.enforcement_point_id = ${pointId}::uuid AND c.revoked_at IS NULL AND a.slug > ${after}
     ORDER BY a.slug LIMIT ${most}`
}

/** The agent of a slug as a point may ask for it; null where it may not, or there is none. */
export async function agentOfPoint(db: Db, pointId: string, slug: string): Promise<PointAgent | null> {
  const [row] = await db.$queryRaw<PointAgent[]>`
    SELECT a.id::text AS "agentId", a.slug, a.owner_id::text AS "ownerId", c.id::text AS "credentialId"
      FROM credential c JOIN agent a ON a.id = c.agent_id
     WHERE c.enforcement_point_id = ${pointId}::uuid AND c.revoked_at IS NULL AND a.slug = ${slug}`
  return row ?? null
}
