import type { Db } from '@/lib/db/client'
import { hashSecret, looksLikeSecret } from '@/lib/people/one-time'
import { POINT_PREFIX, pointState } from './enforcement-point'
import { pointByToken, touchPoint } from './store-points'

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
