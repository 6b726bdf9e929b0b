import ICAL from 'ical.js'
import type { Shift } from './on-call'
import { momentOf } from './rota'

/** Somebody a calendar may mean: by the address of an attendee, or one in the title. */
export type CalendarPerson = { id: string; name: string; email: string }
/** A shift an event makes, with the title it came from. */
export type CalendarShift = Shift & { endsAt: Date; name: string; event: string }
export type CalendarProblem = { event: string; detail: string }
export type ReadCalendar = { shifts: CalendarShift[]; problems: CalendarProblem[] }

export const MOST_CALENDAR_BYTES = 500_000
/** How far ahead events that repeat are written out. */
export const CALENDAR_AHEAD_DAYS = 180
const MOST_EVENTS = 2_000
const MOST_TIMES = 5_000
const MOST_SHIFTS = 1_000
const LONGEST_MS = 31 * 86_400_000

type Time = { of: ICAL.Component; startsAt: Date; endsAt: Date }

/**
 * The shifts a calendar (RFC 5545) makes between two moments: one for each time of an event and each attendee who is one of our people,
 * or else for the address in its title. A time that was changed by itself (RECURRENCE-ID) is whose that change names, and nobody's where it
 * was cancelled. Repetitions are followed no further than `until` and no more than some thousand times.
 * What cannot be read, or names nobody of ours, is a problem that names its event; nothing is guessed.
 * @param timeZone of what is written without one
 */
export function readCalendar(
  text: string,
  people: readonly CalendarPerson[],
  { from, until, timeZone }: { from: Date; until: Date; timeZone: string },
): ReadCalendar {
  const read: ReadCalendar = { shifts: [], problems: [] }
  const fail = (event: string, detail: string) => void read.problems.push({ event, detail })
  if (Buffer.byteLength(text) > MOST_CALENDAR_BYTES) {
    fail('the calendar', 'It is larger than 500 KB.')
    return read
  }
  let components: ICAL.Component[]
  try {
    components = new ICAL.Component(ICAL.parse(text) as unknown[]).getAllSubcomponents('vevent')
  } catch {
    fail('the calendar', 'This is no iCalendar text: it begins with BEGIN:VCALENDAR.')
    return read
  }
  if (components.length === 0) fail('the calendar', 'It has no events.')
  if (components.length > MOST_EVENTS) {
    fail('the calendar', `It has more than ${String(MOST_EVENTS)} events.`)
    return read
  }
  const byAddress = new Map(people.map((person) => [person.email.toLowerCase(), person]))
  let budget = MOST_TIMES
  const changed = (one: ICAL.Component) => one.hasProperty('recurrence-id')
  const uids = new Set(components.filter((one) => !changed(one)).map(uidOf))
  const told = new Set<ICAL.Component>()
  // a changed time whose repeating event is not in the calendar stands by itself
  for (const component of components.filter((one) => !changed(one) || !uids.has(uidOf(one)))) {
    if (isCancelled(component)) continue
    try {
      const exceptions = components.filter(
        (one) => changed(one) && one !== component && uidOf(one) === uidOf(component),
      )
      for (const { startsAt, endsAt, of } of timesOf(component, exceptions)) {
        if (endsAt <= from || endsAt <= startsAt || isCancelled(of)) continue
        if (endsAt.getTime() - startsAt.getTime() > LONGEST_MS) {
          fail(titleOf(of), 'One turn lasts longer than 31 days.')
          break
        }
        // whoever the changed time names has it, and not whoever the repetition names
        for (const { id, name } of holdersOf(of))
          read.shifts.push({ personId: id, name, startsAt, endsAt, event: titleOf(of) })
      }
    } catch {
      fail(titleOf(component), 'Its times or its repetition cannot be read.')
    }
  }
  if (read.shifts.length > MOST_SHIFTS) fail('the calendar', `It makes more than ${String(MOST_SHIFTS)} shifts.`)
  read.shifts.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
  return read

  function holdersOf(component: ICAL.Component): CalendarPerson[] {
    const addresses = addressesOf(component)
    const holders = [...new Set(addresses)].flatMap((address) => byAddress.get(address) ?? [])
    if (holders.length === 0 && !told.has(component)) {
      told.add(component)
      const whom = addresses.join(', ').slice(0, 200)
      fail(titleOf(component), addresses.length === 0 ? 'It names nobody by address.' : `Nobody of ours: ${whom}.`)
    }
    return holders
  }

  /** The times of an event and of which component each is: the event itself, or a change of that one time. */
  function* timesOf(component: ICAL.Component, exceptions: ICAL.Component[]): Generator<Time> {
    const event = new ICAL.Event(component, { exceptions })
    if (!event.isRecurring()) {
      yield timeOf(event)
      return
    }
    // by the moment they stand for: a change may write that in another zone than the repetition does
    const changes = new Map<number, ICAL.Component>()
    for (const one of exceptions.toSorted((a, b) => sequenceOf(a) - sequenceOf(b)))
      changes.set(
        instant(one.getFirstPropertyValue('recurrence-id') as ICAL.Time, zoneOf(one, 'recurrence-id')).getTime(),
        one,
      )
    const times = event.iterator()
    for (let next = times.next() as ICAL.Time | null; next; next = times.next() as ICAL.Time | null) {
      budget -= 1
      if (budget < 0) throw new Error('too many times')
      const at = instant(next, zoneOf(component, 'dtstart'))
      if (at >= until) return
      const change = changes.get(at.getTime())
      yield change ? timeOf(new ICAL.Event(change)) : timeOf(event.getOccurrenceDetails(next))
    }
  }

  function timeOf(
    one: Pick<ICAL.Event, 'startDate' | 'endDate'> & { item?: ICAL.Event; component?: ICAL.Component },
  ): Time {
    const of = (one.item?.component ?? one.component) as ICAL.Component
    return {
      of,
      startsAt: instant(one.startDate, zoneOf(of, 'dtstart')),
      endsAt: instant(one.endDate, zoneOf(of, 'dtend')),
    }
  }

  function instant(time: ICAL.Time, zone: string | null): Date {
    const two = (value: number) => String(value).padStart(2, '0')
    const day = `${String(time.year).padStart(4, '0')}-${two(time.month)}-${two(time.day)}`
    const clock = time.isDate ? '00:00' : `${two(time.hour)}:${two(time.minute)}`
    const isUtc = (time.zone as ICAL.Timezone | null)?.tzid === 'UTC'
    const at = isUtc ? new Date(`${day}T${clock}:00Z`) : momentOf(day, clock, zone === null ? timeZone : known(zone))
    if (Number.isNaN(at.getTime())) throw new Error('no time')
    return at
  }
}

/** A zone of the IANA list. @throws RangeError for the names a calendar program made up */
const known = (zone: string): string => new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone

/** The zone a time of an event is written in; an end without one is in that of its beginning. */
function zoneOf(component: ICAL.Component, name: 'dtstart' | 'dtend' | 'recurrence-id'): string | null {
  const said = component.getFirstProperty(name)?.getParameter('tzid')
  if (typeof said === 'string') return said
  return name === 'dtend' ? zoneOf(component, 'dtstart') : null
}

const sequenceOf = (component: ICAL.Component): number => Number(component.getFirstPropertyValue('sequence') ?? 0)
const uidOf = (component: ICAL.Component): string => String(component.getFirstPropertyValue('uid'))

const isCancelled = (component: ICAL.Component): boolean =>
  String(component.getFirstPropertyValue('status')).toUpperCase() === 'CANCELLED'

function titleOf(component: ICAL.Component): string {
  const summary = component.getFirstPropertyValue('summary')
  return typeof summary === 'string' && summary.trim() !== ''
    ? summary.trim().slice(0, 120)
    : `the event ${uidOf(component).slice(0, 60)}`
}

/** The addresses an event names, in lower case: its attendees’, else those in its title. */
function addressesOf(component: ICAL.Component): string[] {
  const attendees = component
    .getAllProperties('attendee')
    .map((one) => /^mailto:(.+)$/i.exec(String(one.getFirstValue()))?.[1]?.toLowerCase())
    .filter((address) => address !== undefined)
  return attendees.length > 0
    ? attendees
    : (titleOf(component).match(/[^\s@<>(),;:"]{1,64}@[^\s@<>(),;:"]{1,190}/g) ?? []).map((address) =>
        address.toLowerCase(),
      )
}
