import { describe, expect, it } from 'vitest'
import { sayDay, sayFull, sayLeft, sayLength, sayMoment, sayRelative, sayWeekday } from './time-words'

const now = new Date('2026-11-20T14:02:11Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const from = (ms: number) => new Date(now.getTime() + ms)

describe('how times are said', () => {
  it('says the absolute time in UTC', () => {
    expect(sayFull(now)).toBe('20 Nov 2026, 14:02:11 UTC')
  })

  it('says a moment of today by the clock, another with its day, another year with its year', () => {
    expect(sayMoment(from(-HOUR), now)).toBe('13:02')
    expect(sayMoment(new Date('2026-11-04T09:31:00Z'), now)).toBe('4 Nov, 09:31')
    expect(sayMoment(new Date('2025-11-04T09:31:00Z'), now)).toBe('4 Nov 2025, 09:31')
    expect(sayDay(new Date('2026-11-04T09:31:00Z'), now)).toBe('4 Nov')
    expect(sayWeekday(new Date('2026-11-19T01:00:00Z'), now)).toBe('Thursday 19 November')
  })

  it.each([
    [-20_000, 'just now'],
    [5_000, 'just now'],
    [20_000, 'in less than a minute'],
    [2_000, 'just now'],
    [-11 * MINUTE, '11 min ago'],
    [3 * HOUR + 5 * MINUTE, 'in 3 h 05'],
    [-DAY, '1 day ago'],
    [4 * DAY, 'in 4 days'],
    [-40 * DAY, '11 Oct'],
  ])('says %i ms from now as %s', (ms, words) => {
    expect(sayRelative(from(ms), now)).toBe(words)
  })

  it('says what is left, and that nothing is', () => {
    expect(sayLeft(from(11 * MINUTE), now)).toBe('11 min')
    expect(sayLeft(from(59_100), now)).toBe('60 s')
    expect(sayLeft(from(0), now)).toBe('over')
    expect(sayLeft(from(-5), now)).toBe('over')
  })

  it('says a length in the units that matter', () => {
    expect([48_000, 11 * MINUTE, 100 * MINUTE, 2 * HOUR, 19 * HOUR, DAY, 4 * DAY].map(sayLength)).toEqual([
      '48 s',
      '11 min',
      '1 h 40',
      '2 h',
      '19 h',
      '1 day',
      '4 days',
    ])
  })
})
