/**
 * How times are said. UTC unless a page offers its reader another zone, so that two people on the phone read the same words; `now`
 * is always an argument.
 */

const UTC = 'UTC'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type Formats = Readonly<
  Record<'clock' | 'dayMonth' | 'dayYear' | 'weekday' | 'weekdayYear' | 'zone', Intl.DateTimeFormat>
>
const built = new Map<string, Formats>()

/** The formats of a time zone, built once: making one costs more than using it a thousand times. */
function formats(timeZone: string): Formats {
  const there = built.get(timeZone)
  if (there) return there
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { ...options, timeZone })
  const day = { day: 'numeric', month: 'short' } as const
  const week = { weekday: 'long', day: 'numeric', month: 'long' } as const
  const made: Formats = {
    clock: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    dayMonth: format(day),
    dayYear: format({ ...day, year: 'numeric' }),
    weekday: format(week),
    weekdayYear: format({ ...week, year: 'numeric' }),
    zone: format({ timeZoneName: 'short' }),
  }
  built.set(timeZone, made)
  return made
}

/** `UTC`, `CET`, `GMT+5:30`: what a zone is called at a moment. */
export const sayZone = (at: Date, zone = UTC): string =>
  zone === UTC
    ? UTC
    : (formats(zone)
        .zone.formatToParts(at)
        .find(({ type }) => type === 'timeZoneName')?.value ?? zone)

/** `20 Nov 2026, 14:02:11 UTC`: the absolute form, for titles and for details. */
export const sayFull = (at: Date, zone = UTC): string =>
  `${formats(zone).dayYear.format(at)}, ${sayClock(at, zone)} ${sayZone(at, zone)}`

/** `14:02:11` */
export const sayClock = (at: Date, zone = UTC): string => formats(zone).clock.format(at)

/** `14:02` */
export const sayMinute = (at: Date, zone = UTC): string => sayClock(at, zone).slice(0, 5)

/** `4 Nov`, with the year when it is not this one. */
export const sayDay = (at: Date, now: Date, zone = UTC): string =>
  (sameYear(at, now, zone) ? formats(zone).dayMonth : formats(zone).dayYear).format(at)

/** `Thursday 19 November`, for the rows that begin a day; the year is said when it is not this one. */
export const sayWeekday = (at: Date, now: Date, zone = UTC): string =>
  (sameYear(at, now, zone) ? formats(zone).weekday : formats(zone).weekdayYear).format(at).replace(',', '')

/** `14:02` today, `4 Nov, 14:02` otherwise: for "since" and "at". */
export const sayMoment = (at: Date, now: Date, zone = UTC): string =>
  sameDay(at, now, zone) ? sayMinute(at, zone) : `${sayDay(at, now, zone)}, ${sayMinute(at, zone)}`

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

/** Whether two moments are of one day, by the clock of a zone. */
export const sameDay = (a: Date, b: Date, zone = UTC): boolean =>
  formats(zone).dayYear.format(a) === formats(zone).dayYear.format(b)

const sameYear = (a: Date, b: Date, zone: string): boolean =>
  formats(zone).dayYear.format(a).slice(-4) === formats(zone).dayYear.format(b).slice(-4)
