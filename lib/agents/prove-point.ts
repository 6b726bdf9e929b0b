import type { Db } from '@/lib/db/client'
import { hashSecret, looksLikeSecret } from '@/lib/people/one-time'
import { POINT_PREFIX, pointState } from './enforcement-point'
import { pointByToken, pointHashes, touchPoint } from './store-points'

/** What is kept of a token of an enforcement point, in base64; undefined for what has not the form of one. */
export function pointHash(token: string): string | undefined {
  return looksLikeSecret(token, POINT_PREFIX) ? Buffer.from(hashSecret(token)).toString('base64') : undefined
}

/** What `pointHash` is of every token that stands: for whoever has to tell one of ours from a guess without asking each time. */
export async function pointsStanding(db: Db, now: Date): Promise<ReadonlySet<string>> {
  return new Set(await pointHashes(db, now))
}

/**
 * The enforcement point behind a bearer token; null when the token is unknown, revoked or past its end: the answer never says which. Asked of the
 * database each time, so that a revocation is felt at once.
 */
export async function provePoint(db: Db, token: string, now: Date): Promise<{ id: string; name: string } | null> {
  if (!looksLikeSecret(token, POINT_PREFIX)) return null
  const point = await pointByToken(db, hashSecret(token))
  if (point === null || pointState(point, now) !== 'live') return null
  await touchPoint(db, point.id, now)
  return { id: point.id, name: point.name }
}
