/** A stretch of time a page is asked about: `from` included, `to` excluded. */
export type Period = { from: Date; to: Date }

const DAY = 86_400_000
const LONGEST = 3_660 * DAY

/**
 * The period an address asks for with `from` and `to`: days (UTC) or moments (RFC 3339); a `to` that is a day includes it. What is
 * left out is the last 30 days.
 * @returns null for what cannot be read, is empty, or is longer than ten years
 */
export function readPeriod(from: unknown, to: unknown, now: Date): Period | null {
  const until = to === undefined || to === '' ? now : momentIn(to, DAY)
  if (until === null) return null
  const since = from === undefined || from === '' ? new Date(until.getTime() - 30 * DAY) : momentIn(from, 0)
  if (since === null || since >= until || until.getTime() - since.getTime() > LONGEST || since.getTime() < 0)
    return null
  return { from: since, to: until }
}

function momentIn(text: unknown, afterDay: number): Date | null {
  if (typeof text !== 'string') return null
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return valid(new Date(Date.parse(`${text}T00:00:00Z`) + afterDay))
  return /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text) ? valid(new Date(text)) : null
}

const valid = (date: Date): Date | null => (Number.isNaN(date.getTime()) ? null : date)
