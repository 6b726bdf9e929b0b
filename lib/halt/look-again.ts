import { parseDuration } from '@/lib/boundary/duration'

/** What a form offers for when somebody should look again: spans from the moment it is engaged, in words. */
export const LOOK_AGAIN = [
  ['30m', 'in 30 minutes'],
  ['1h', 'in an hour'],
  ['4h', 'in 4 hours'],
  ['1d', 'tomorrow at this time'],
  ['7d', 'in a week'],
] as const

/**
 * When somebody should look again, as it was said: a moment (RFC 3339) or a span from now (`30m`, `4h`, `2d`). Null where it is neither, or
 * not later than now.
 */
export function lookAgainAt(said: string, now: Date): Date | null {
  const span = parseDuration(said)
  const at = span === null ? Date.parse(said) : now.getTime() + span
  return Number.isNaN(at) || at <= now.getTime() ? null : new Date(at)
}

/** How often people are reminded of a halt that nobody looked at again, in milliseconds: daily, until it is lifted. */
export const REMIND_EVERY_MS = 86_400_000

/** Whether a reminder is due: the time came, and none was given in the last day. */
export function lookAgainDue(until: Date, lastAt: Date | null, now: Date): boolean {
  if (until > now) return false
  return lastAt === null || now.getTime() - lastAt.getTime() >= REMIND_EVERY_MS
}
