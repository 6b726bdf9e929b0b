import ICAL from 'ical.js'
import { timeIn, vtimezone } from '@/lib/people/vtimezone'

// RFC 5545 §3.1: 75 octets a line; of a line that goes on, the space before it is one
ICAL.foldLength = 74

const DAY_MS = 86_400_000
/** How long a drill takes in a calendar: begun, waited for, read. */
const TAKES = 'PT15M'

/** Coming drills, for a calendar program. */
export type ComingDrills = {
  /** from when each is due, in order */
  at: readonly Date[]
  /** of what: "everything", "every agent in production" */
  of: string
  /** whether a rehearsal begins by itself, or people are reminded */
  whenDue: 'remind' | 'rehearse'
  /** how fast the last agent should confirm, in words */
  target: string
  /** the organisation's, IANA */
  timeZone: string
  /** the page where they are begun */
  page: URL
}

/**
 * The coming drills as a calendar (RFC 5545): an event each, at its time on the organisation's clock, with that zone's changes of the clock.
 * An event keeps its UID while the day and the hour it is due at stay as they are, so that taking the calendar again doubles nothing.
 */
export function drillCalendar({ at, of, whenDue, target, timeZone, page }: ComingDrills, now: Date): string {
  const calendar = new ICAL.Component('vcalendar')
  calendar.addPropertyWithValue('version', '2.0')
  calendar.addPropertyWithValue('prodid', '-//Countersign//Drills//EN')
  calendar.addPropertyWithValue('calscale', 'GREGORIAN')
  calendar.addPropertyWithValue('method', 'PUBLISH')
  calendar.addPropertyWithValue('x-wr-calname', 'Drills of the kill switch')
  const [first, last] = [at[0] ?? now, at.at(-1) ?? now]
  calendar.addSubcomponent(
    vtimezone(timeZone, new Date(first.getTime() - DAY_MS), new Date(last.getTime() + 2 * DAY_MS)),
  )
  for (const due of at) {
    const event = new ICAL.Component('vevent')
    event.addPropertyWithValue('uid', `drill-${due.toISOString().replaceAll(/[-:]|\.\d+/g, '')}@${page.hostname}`)
    event.addPropertyWithValue('dtstamp', ICAL.Time.fromJSDate(now, true))
    event.addPropertyWithValue('dtstart', timeIn(timeZone, due)).setParameter('tzid', timeZone)
    event.addPropertyWithValue('duration', ICAL.Duration.fromString(TAKES))
    event.addPropertyWithValue('summary', `Drill of the kill switch: ${of}`)
    event.addPropertyWithValue(
      'description',
      `${whenDue === 'rehearse' ? 'A rehearsal begins by itself.' : 'Somebody begins it.'} The last agent should confirm within ${target}.\n${page.href}`,
    )
    event.addPropertyWithValue('url', page.href)
    event.addPropertyWithValue('transp', 'TRANSPARENT')
    calendar.addSubcomponent(event)
  }
  return `${calendar.toString()}\r\n`
}
