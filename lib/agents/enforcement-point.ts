/** How the token of an enforcement point begins, so that people and secret scanners know it when they see it. */
export const POINT_PREFIX = 'cs_point_'
/** How its credential of one agent is named, beside the agent's own `ag_…`. */
export const POINT_CLIENT_PREFIX = 'ep_'
/** Enough for every gateway somebody still knows of. */
export const MOST_POINTS = 50
/** The longest a token lives: who still runs the gateway makes another. */
export const LONGEST_POINT_DAYS = 365

export type PointTimes = { expiresAt: Date; revokedAt: Date | null }
export type PointState = 'live' | 'expired' | 'revoked'

/** What has become of an enforcement point. */
export function pointState({ expiresAt, revokedAt }: PointTimes, now: Date): PointState {
  if (revokedAt !== null) return 'revoked'
  return expiresAt <= now ? 'expired' : 'live'
}
