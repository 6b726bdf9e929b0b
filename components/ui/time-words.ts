/** How times are said. Everything is UTC, so that two people on the phone read the same words; `now` is always an argument. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
})
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const dayYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' })
const weekdayYear = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
})

/** `20 Nov 2026, 14:02:11 UTC`: the absolute form, for titles and for details. */
export const sayFull = (at: Date): string => `${dayYear.format(at)}, ${clock.format(at)} UTC`

/** `14:02:11` */
export const sayClock = (at: Date): string => clock.format(at)

/** `14:02` */
export const sayMinute = (at: Date): string => clock.format(at).slice(0, 5)

/** `4 Nov`, with the year when it is not this one. */
export const sayDay = (at: Date, now: Date): string =>
  (at.getUTCFullYear() === now.getUTCFullYear() ? dayMonth : dayYear).format(at)

/** `Thursday 19 November`, for the rows that begin a day; the year is said when it is not this one. */
export const sayWeekday = (at: Date, now: Date): string =>
  (at.getUTCFullYear() === now.getUTCFullYear() ? weekday : weekdayYear).format(at).replace(',', '')

/** `14:02` today, `4 Nov, 14:02` otherwise: for "since" and "at". */
export const sayMoment = (at: Date, now: Date): string =>
  sameDay(at, now) ? sayMinute(at) : `${sayDay(at, now)}, ${sayMinute(at)}`

/** `just now`, `11 min ago`, `in 3 h 05`, `in 4 days`, and a date beyond two weeks. */
export function sayRelative(at: Date, now: Date): string {
  const distance = at.getTime() - now.getTime()
  const size = Math.abs(distance)
  // What the database recorded a moment ago may lie a moment ahead of this clock: it is still no deadline.
  if (size < 5_000) return 'just now'
  // the page's clock may be some seconds behind what the server just said
  if (size < MINUTE) return distance > 10_000 ? 'in less than a minute' : 'just now'
  if (size >= 15 * DAY) return sayDay(at, now)
  return distance > 0 ? `in ${sayLength(size)}` : `${sayLength(size)} ago`
}

/** What is left until a deadline: `11 min`, `1 h 40`, `4 days`; `now due` once it has passed. */
export function sayLeft(at: Date, now: Date): string {
  const left = at.getTime() - now.getTime()
  if (left <= 0) return 'over'
  return left < MINUTE ? `${Math.ceil(left / 1000)} s` : sayLength(left)
}

/** A length of time in the two largest units that matter: `40 s`, `11 min`, `1 h 40`, `4 days`. */
export function sayLength(ms: number): string {
  if (ms < MINUTE) return `${Math.round(ms / 1000)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  const hours = Math.floor(ms / HOUR)
  const minutes = Math.floor((ms % HOUR) / MINUTE)
  if (hours < 6) return minutes === 0 ? `${hours} h` : `${hours} h ${String(minutes).padStart(2, '0')}`
  if (ms < DAY) return `${hours} h`
  const days = Math.floor(ms / DAY)
  return days === 1 ? '1 day' : `${days} days`
}

const sameDay = (a: Date, b: Date): boolean => a.toISOString().slice(0, 10) === b.toISOString().slice(0, 10)
