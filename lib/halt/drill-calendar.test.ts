import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { readCalendar } from '@/lib/people/calendar'
import { drillCalendar, type ComingDrills } from './drill-calendar'
import { DEFAULT_SCHEDULE, occurrences } from './drill-schedule'

const NOW = new Date('2026-11-21T20:00:00Z')
const coming = (timeZone: string, more: Partial<ComingDrills> = {}): ComingDrills => ({
  at: occurrences(DEFAULT_SCHEDULE, timeZone, NOW, 12),
  of: 'everything',
  whenDue: 'remind',
  target: '15 s',
  timeZone,
  page: new URL('https://console.example.com/halt/drills'),
  ...more,
})
const linesOf = (text: string) => text.split('\r\n')
const unfolded = (text: string) => text.replaceAll('\r\n ', '')

describe('the calendar of drills', () => {
  it.each(['Europe/Amsterdam', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'])(
    'says in %s the moments drills are due, by its own rules of that zone alone',
    (timeZone) => {
      const given = coming(timeZone)
      const calendar = new ICAL.Component(ICAL.parse(drillCalendar(given, NOW)) as unknown[])
      const [described] = calendar.getAllSubcomponents('vtimezone')
      const zone = new ICAL.Timezone(described)
      expect(zone.tzid).toBe(timeZone)
      const events = calendar.getAllSubcomponents('vevent').map((one) => {
        const start = one.getFirstPropertyValue('dtstart') as ICAL.Time
        expect(one.getFirstProperty('dtstart')?.getParameter('tzid')).toBe(timeZone)
        expect([start.hour, start.minute]).toEqual([10, 0])
        start.zone = zone
        return new Date(start.toUnixTime() * 1_000).toISOString()
      })
      expect(events).toEqual(given.at.map((at) => at.toISOString()))
    },
  )

  it('is read back by the reader of calendars as it was meant', () => {
    const given = coming('Europe/Amsterdam', { of: 'ann@example.com' })
    const people = [{ id: 'ann', name: 'Ann', email: 'ann@example.com' }]
    const span = { from: NOW, until: new Date('2028-01-01T00:00Z'), timeZone: 'UTC' }
    const { shifts, problems } = readCalendar(drillCalendar(given, NOW), people, span)
    expect(problems).toEqual([])
    expect(shifts.map(({ startsAt }) => startsAt)).toEqual(given.at)
  })

  it('has lines of at most 75 octets that end as they must, and a UID, a stamp and an address in each event', () => {
    const of = `every agent of ${'Größe; “Ops”, '.repeat(12)}`
    const text = drillCalendar(coming('Europe/Amsterdam', { of }), NOW)
    expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    for (const line of linesOf(text)) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
    const whole = linesOf(unfolded(text))
    const uids = whole.filter((line) => line.startsWith('UID:'))
    expect(new Set(uids).size).toBe(12)
    expect(uids[0]).toBe('UID:drill-20261201T090000Z@console.example.com')
    expect(whole.filter((line) => line === 'DTSTAMP:20261121T200000Z')).toHaveLength(12)
    expect(whole.filter((line) => line === 'URL:https://console.example.com/halt/drills')).toHaveLength(12)
    expect(whole.find((line) => line.startsWith('SUMMARY:'))).toContain('Größe\\; “Ops”\\,')
  })

  it('taken again later names the same drills the same', () => {
    const uids = (now: Date) => linesOf(drillCalendar(coming('UTC'), now)).filter((line) => line.startsWith('UID:'))
    expect(uids(new Date(NOW.getTime() + 3_600_000))).toEqual(uids(NOW))
  })
})
