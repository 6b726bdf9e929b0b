import { describe, expect, it } from 'vitest'
import {
  attentionHeadline,
  DEFAULT_ATTENTION,
  fastWords,
  isRubberStamping,
  NO_PACE,
  percent,
  tookWords,
} from './attention'

const pace = (timed: number, fast: number) => ({ ...NO_PACE, verdicts: timed, timed, fast })

describe('rubber stamping', () => {
  it('is found from the number of verdicts on that a ciso set, and above the share', () => {
    expect(isRubberStamping(pace(20, 13), DEFAULT_ATTENTION)).toBe(true)
    expect(isRubberStamping(pace(20, 12), DEFAULT_ATTENTION)).toBe(false)
    expect(isRubberStamping(pace(19, 19), DEFAULT_ATTENTION)).toBe(false)
    expect(isRubberStamping(pace(20, 12), { leastVerdicts: 20, mostFast: 59 })).toBe(true)
  })

  it('is not found among answers nobody timed', () => {
    expect(isRubberStamping({ ...NO_PACE, verdicts: 500 }, DEFAULT_ATTENTION)).toBe(false)
  })
})

describe('figures in words', () => {
  it('round nothing to none or to all that is not', () => {
    expect(percent(1, 1000)).toBe(1)
    expect(percent(999, 1000)).toBe(99)
    expect(percent(0, 1000)).toBe(0)
    expect(percent(1000, 1000)).toBe(100)
    expect(percent(0, 0)).toBeNull()
  })

  it('say how many of how many', () => {
    expect(fastWords(pace(41, 38))).toBe('38 of 41 timed answers came faster than what was shown can be read')
    expect(fastWords(pace(1, 0))).toBe('0 of 1 timed answer came faster than what was shown can be read')
    expect(fastWords(NO_PACE)).toBe('no answer was timed')
  })

  it('begin the page with what is so', () => {
    expect(attentionHeadline(0, NO_PACE, 90)).toBe('Nobody answered anything in 90 days.')
    expect(attentionHeadline(0, { ...NO_PACE, verdicts: 4 }, 90)).toBe('No answer was timed yet.')
    expect(attentionHeadline(0, pace(4, 0), 90)).toBe('Every timed answer took long enough to have been read.')
    expect(attentionHeadline(2, pace(40, 39), 90)).toBe('2 findings: answers come unread.')
    expect(attentionHeadline(0, pace(40, 3), 90)).toMatch(/^3 of 40 timed answers/)
  })

  it('tell a time in the unit it is felt in', () => {
    expect([4_200, 65_000, 600_000, 3 * 3_600_000, 4 * 86_400_000, null].map(tookWords)).toEqual([
      '4.2 s',
      '65 s',
      '10 min',
      '3 h',
      '4 d',
      '—',
    ])
  })
})
