import { describe, expect, test } from 'vitest'
import { readCalendar } from './calendar'

const people = [
  { id: 'ann', name: 'Ann', email: 'ann@example.com' },
  { id: 'bob', name: 'Bob', email: 'bob@example.com' },
]
const event = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n')
const read = (text: string) =>
  readCalendar(text, people, {
    from: new Date('2026-11-20T00:00Z'),
    until: new Date('2027-05-01T00:00Z'),
    timeZone: 'Europe/Amsterdam',
  })
const told = (text: string) =>
  read(text).shifts.map(
    ({ personId, startsAt, endsAt }) => `${personId} ${startsAt.toISOString()} ${endsAt.toISOString()}`,
  )
const ANN = 'ATTENDEE;CN=Ann:mailto:Ann@example.com'

describe('a calendar', () => {
  test('makes a shift of an event, in UTC, in a zone it names, or in the organisation’s', () => {
    for (const [start, end] of [
      ['DTSTART:20261123T080000Z', 'DTEND:20261130T080000Z'],
      ['DTSTART;TZID=America/New_York:20261123T030000', 'DTEND;TZID=America/New_York:20261130T030000'],
      ['DTSTART:20261123T090000', 'DTEND:20261130T090000'],
    ] as const)
      expect(told(event('UID:1', 'SUMMARY:On call', ANN, start, end))).toEqual([
        'ann 2026-11-23T08:00:00.000Z 2026-11-30T08:00:00.000Z',
      ])
    expect(
      told(event('UID:1', 'SUMMARY:bob@example.com', 'DTSTART;VALUE=DATE:20261123', 'DTEND;VALUE=DATE:20261124')),
    ).toEqual(['bob 2026-11-22T23:00:00.000Z 2026-11-23T23:00:00.000Z'])
  })

  test('follows repetitions with what they leave out, over a change of the clock, and no further than asked', () => {
    const weekly = event(
      'UID:1',
      'SUMMARY:On call',
      ANN,
      'DTSTART;TZID=Europe/Amsterdam:20270322T090000',
      'DTEND;TZID=Europe/Amsterdam:20270323T090000',
      'RRULE:FREQ=WEEKLY',
      'EXDATE;TZID=Europe/Amsterdam:20270405T090000',
    )
    expect(told(weekly).map((one) => one.slice(4, 20))).toEqual([
      '2027-03-22T08:00',
      '2027-03-29T07:00',
      '2027-04-12T07:00',
      '2027-04-19T07:00',
      '2027-04-26T07:00',
    ])
  })

  const calendar = (...events: string[][]) =>
    ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x']
      .concat(...events.map((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']), ['END:VCALENDAR'])
      .join('\r\n')
  const WEEKLY = [
    ...['UID:1', 'SUMMARY:On call', ANN, 'RRULE:FREQ=WEEKLY;COUNT=3'],
    ...['DTSTART;TZID=Europe/Amsterdam:20261123T090000', 'DTEND;TZID=Europe/Amsterdam:20261124T090000'],
  ]
  const changed = (...lines: string[]) => [
    ...['UID:1', 'SUMMARY:On call'],
    ...lines,
    ...['DTSTART;TZID=Europe/Amsterdam:20261130T090000', 'DTEND;TZID=Europe/Amsterdam:20261201T090000'],
  ]
  const BOB = 'ATTENDEE;CN=Bob:mailto:bob@example.com'
  const whose = (text: string) =>
    read(text).shifts.map(({ personId, startsAt }) => `${personId} ${startsAt.getUTCDate()}`)

  test.each([
    ['in the zone of the repetition', 'RECURRENCE-ID;TZID=Europe/Amsterdam:20261130T090000'],
    ['in UTC', 'RECURRENCE-ID:20261130T080000Z'],
    ['in another zone', 'RECURRENCE-ID;TZID=America/New_York:20261130T030000'],
  ])('gives one time that was changed, written %s, to whom the change names', (_, id) => {
    expect(whose(calendar(WEEKLY, changed(id, BOB)))).toEqual(['ann 23', 'bob 30', 'ann 7'])
    expect(whose(calendar(changed(id, BOB), WEEKLY))).toEqual(['ann 23', 'bob 30', 'ann 7'])
    expect(whose(calendar(WEEKLY, changed(id, BOB, 'STATUS:CANCELLED')))).toEqual(['ann 23', 'ann 7'])
  })

  test('gives a changed time to nobody, and says so, where the change names nobody of ours', () => {
    const id = 'RECURRENCE-ID;TZID=Europe/Amsterdam:20261130T090000'
    const { shifts, problems } = read(calendar(WEEKLY, changed(id, 'ATTENDEE:mailto:x@other.example')))
    expect(shifts.map(({ personId }) => personId)).toEqual(['ann', 'ann'])
    expect(problems).toEqual([{ event: 'On call', detail: 'Nobody of ours: x@other.example.' }])
  })

  test('takes the newest of two changes of one time, and one whose repetition it does not hold by itself', () => {
    const id = 'RECURRENCE-ID;TZID=Europe/Amsterdam:20261130T090000'
    const twice = calendar(WEEKLY, changed(id, BOB, 'SEQUENCE:2'), changed(id, ANN, 'SEQUENCE:1'))
    expect(whose(twice)).toEqual(['ann 23', 'bob 30', 'ann 7'])
    expect(whose(calendar(changed(id, BOB)))).toEqual(['bob 30'])
  })

  test('that repeats without end, every second, comes to an end', () => {
    const { problems } = read(
      event('UID:1', 'SUMMARY:Flood', ANN, 'DTSTART:20261123T080000Z', 'DTEND:20261123T090000Z', 'RRULE:FREQ=SECONDLY'),
    )
    expect(problems[0]).toMatchObject({ event: 'Flood' })
  })

  test.each([
    [
      'nobody of ours',
      event(
        'UID:1',
        'SUMMARY:Theirs',
        'ATTENDEE:mailto:x@other.example',
        'DTSTART:20261123T080000Z',
        'DTEND:20261123T090000Z',
      ),
      'Theirs',
    ],
    ['nobody at all', event('UID:1', 'SUMMARY:Lunch', 'DTSTART:20261123T080000Z', 'DTEND:20261123T090000Z'), 'Lunch'],
    [
      'a zone nobody knows',
      event('UID:1', 'SUMMARY:Odd', ANN, 'DTSTART;TZID=My Zone:20261123T080000', 'DTEND;TZID=My Zone:20261123T090000'),
      'Odd',
    ],
    [
      'a turn of a year',
      event('UID:1', 'SUMMARY:Long', ANN, 'DTSTART:20261123T080000Z', 'DTEND:20271123T080000Z'),
      'Long',
    ],
    ['no time', event('UID:1', 'SUMMARY:Never', ANN), 'Never'],
    ['no calendar', 'hello', 'the calendar'],
    ['nothing', '', 'the calendar'],
    ['too much', 'x'.repeat(600_000), 'the calendar'],
  ])('with %s makes no shift, and names the event', (_, text, name) => {
    const { shifts, problems } = read(text)
    expect(shifts).toEqual([])
    expect(problems.map((one) => one.event)).toEqual([name])
  })

  test('leaves out what is over, and what was cancelled', () => {
    expect(told(event('UID:1', 'SUMMARY:x', ANN, 'DTSTART:20251123T080000Z', 'DTEND:20251130T080000Z'))).toEqual([])
    const gone = event(
      'UID:1',
      'SUMMARY:x',
      ANN,
      'STATUS:CANCELLED',
      'DTSTART:20261123T080000Z',
      'DTEND:20261130T080000Z',
    )
    expect(read(gone)).toEqual({ shifts: [], problems: [] })
  })
})
