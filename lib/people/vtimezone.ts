import ICAL from 'ical.js'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/**
 * What calendar programs need to know of a time zone (RFC 5545 §3.6.5) to read times between two moments: the offset at the first, and every change of
 * the clock until the second, each as an observance of its own. It is asked of the zone's rules as this process has them.
 * @param timeZone IANA
 */
export function vtimezone(timeZone: string, from: Date, until: Date): ICAL.Component {
  const zone = new ICAL.Component('vtimezone')
  zone.addPropertyWithValue('tzid', timeZone)
  const offset = offsetsOf(timeZone)
  let before = offset(from.getTime())
  const usual = Math.min(offset(from.getTime()), offset(from.getTime() + DAY_MS * 182))
  const add = (at: number, previous: number, now: number) => {
    const one = new ICAL.Component(now > usual ? 'daylight' : 'standard')
    // an onset is told on the clock that it ends
    one.addPropertyWithValue('dtstart', wallTime(at + previous * MINUTE_MS))
    one.addPropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromSeconds(previous * 60))
    one.addPropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromSeconds(now * 60))
    zone.addSubcomponent(one)
  }
  add(from.getTime(), before, before)
  for (let day = from.getTime(); day < until.getTime(); day += DAY_MS) {
    const after = offset(day + DAY_MS)
    if (after === before) continue
    let [low, high] = [day, day + DAY_MS]
    while (high - low > MINUTE_MS) {
      const middle = Math.floor((low + high) / 2 / MINUTE_MS) * MINUTE_MS
      if (offset(middle) === before) low = middle
      else high = middle
    }
    add(Math.ceil(high / MINUTE_MS) * MINUTE_MS, before, after)
    before = after
  }
  return zone
}

/** A moment as the clock of a time zone shows it: a time without a zone, for a property that names the zone beside it. */
export function timeIn(timeZone: string, at: Date): ICAL.Time {
  return wallTime(at.getTime() + offsetsOf(timeZone)(at.getTime()) * MINUTE_MS)
}

function wallTime(wall: number): ICAL.Time {
  const at = new Date(wall)
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()]
  const [hour, minute, second] = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
  return ICAL.Time.fromData({ year, month, day, hour, minute, second, isDate: false })
}

/** How many minutes the clock of a time zone is ahead of UTC at a moment (ms since 1970). */
function offsetsOf(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? []
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  }
}
