/** Hours in which somebody is left alone, as minutes of the day on their own clock; over midnight where `until` comes first. */
export type QuietHours = { from: number; until: number }

const MINUTE = 60_000
const DAY = 1_440
const formats = new Map<string, Intl.DateTimeFormat>()

/** The minute of the day that a clock in this time zone shows. @throws RangeError when there is no such zone */
export function minuteOfDay(at: Date, timeZone: string): number {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' })
    formats.set(timeZone, format)
  }
  const [hour = 0, minute = 0] = format.format(at).split(':').map(Number)
  return hour * 60 + minute
}

/** Whether a moment lies in somebody's quiet hours. `from` equal to `until` is never quiet. */
export function isQuiet(at: Date, { from, until }: QuietHours, timeZone: string): boolean {
  const now = minuteOfDay(at, timeZone)
  return from <= until ? from <= now && now < until : now >= from || now < until
}

/**
 * When the quiet hours that hold at a moment are over: the first later minute that the clock on the wall does not show as quiet. An hour
 * that is skipped or repeated (daylight saving) counts as the clock shows it. The moment itself, where it is not quiet.
 */
export function quietUntil(at: Date, hours: QuietHours, timeZone: string): Date {
  return isQuiet(at, hours, timeZone) ? nextAt(at, hours.until, timeZone) : at
}

/**
 * The first moment after `at`, on a whole minute, when the clock shows this minute of the day; where a skipped hour swallows it, the first
 * minute after the gap.
 */
export function nextAt(at: Date, minute: number, timeZone: string): Date {
  const start = Math.floor(at.getTime() / MINUTE) * MINUTE
  const before = minuteOfDay(new Date(start), timeZone)
  const ahead = (minute - before + DAY) % DAY || DAY
  const guess = start + ahead * MINUTE
  // on all but two days of the year the clock runs evenly in between, and the guess is right
  if (evenBetween(start, guess, timeZone)) return new Date(guess)
  let shown = before
  for (let time = start + MINUTE; ; time += MINUTE) {
    const now = minuteOfDay(new Date(time), timeZone)
    const passed = (now - shown + DAY) % DAY
    // a step of more than a minute forward is a gap; more than half a day forward is a step back
    if (now === minute || (passed > 1 && passed < DAY / 2 && (minute - shown + DAY) % DAY <= passed))
      return new Date(time)
    shown = now
  }
}

/** When what is gathered goes out: at the next full hour, or at eight in the morning on the person's clock. */
export function digestAt(at: Date, pace: 'hourly' | 'daily', timeZone: string): Date {
  return pace === 'daily'
    ? nextAt(at, 8 * 60, timeZone)
    : new Date((Math.floor(at.getTime() / 3_600_000) + 1) * 3_600_000)
}

/** Whether a clock runs evenly through a stretch of at most a day and an hour: looked at each quarter of an hour, in which no zone shifts twice. */
function evenBetween(start: number, end: number, timeZone: string): boolean {
  const first = minuteOfDay(new Date(start), timeZone)
  for (let time = start; ; time = Math.min(time + 15 * MINUTE, end)) {
    if (minuteOfDay(new Date(time), timeZone) !== (first + (time - start) / MINUTE) % DAY) return false
    if (time === end) return true
  }
}
