import { describe, expect, it } from 'vitest'
import { figuresOf, isOver } from './drill'
import { reportOf } from './drill-report'
import { coversScope, DEFAULT_SCHEDULE, dueStanding, nextDue, occurrences } from './drill-schedule'

const at = (text: string) => new Date(text)

describe('what a drill measured', () => {
  it('is times that some agent really took, and says who never answered', () => {
    const agents = [
      ...Array.from({ length: 19 }, (_, n) => ({ agent: `a${n}`, ms: (n + 1) * 10 })),
      { agent: 'z', ms: null },
    ]
    expect(figuresOf(agents, 150)).toEqual({
      agents: 20,
      confirmed: 19,
      never: 1,
      median: 100,
      p95: 190,
      worst: 190,
      within: 15,
      met: false,
    })
  })

  it('meets its target only when everybody answered within it', () => {
    expect(figuresOf([{ agent: 'a', ms: 150 }], 150).met).toBe(true)
    expect(figuresOf([{ agent: 'a', ms: 151 }], 150).met).toBe(false)
    expect(
      figuresOf(
        [
          { agent: 'a', ms: 1 },
          { agent: 'b', ms: null },
        ],
        150,
      ).met,
    ).toBe(false)
    expect(figuresOf([], 150)).toMatchObject({ met: false, median: null, worst: null })
  })

  it('leaves out a word that came after it no longer waited', () => {
    const drill = {
      id: '01936b3e-0000-7000-8000-000000000000',
      kind: 'rehearsal',
      scope: 'organisation',
      target: null,
    } as const
    const report = reportOf(
      { ...drill, target_ms: 1_000, window_ms: 60_000 },
      at('2026-11-20T10:00:00Z'),
      [
        { slug: 'late', at: at('2026-11-20T10:01:00.001Z') },
        { slug: 'quick', at: at('2026-11-20T10:00:00.120Z') },
        { slug: 'silent', at: null },
      ],
      at('2026-11-20T10:01:01Z'),
    )
    expect(report.agents).toEqual([
      { agent: 'late', confirmed_ms: null },
      { agent: 'silent', confirmed_ms: null },
      { agent: 'quick', confirmed_ms: 120 },
    ])
    expect(report.figures).toMatchObject({ confirmed: 1, never: 2, worst: 120 })
  })
})

it('a drill is over when nobody is missing, or when its time is up', () => {
  const begun = at('2026-11-20T10:00:00Z')
  expect(isOver(begun, 60_000, 1, at('2026-11-20T10:00:59.999Z'))).toBe(false)
  expect(isOver(begun, 60_000, 1, at('2026-11-20T10:01:00Z'))).toBe(true)
  expect(isOver(begun, 60_000, 0, begun)).toBe(true)
})

describe('when drills are due', () => {
  const amsterdam = (everyMonths: 1 | 3, from: string, most = 3) =>
    occurrences({ ...DEFAULT_SCHEDULE, everyMonths }, 'Europe/Amsterdam', at(from), most).map((each) =>
      each.toISOString(),
    )

  it('is on the organisation’s clock, summer and winter', () => {
    expect(amsterdam(1, '2026-09-15T00:00:00Z')).toEqual([
      '2026-10-01T08:00:00.000Z',
      '2026-11-01T09:00:00.000Z',
      '2026-12-01T09:00:00.000Z',
    ])
  })

  it('every so many months is counted from January, over the end of a year', () => {
    expect(amsterdam(3, '2026-11-20T00:00:00Z')).toEqual([
      '2027-01-01T09:00:00.000Z',
      '2027-04-01T08:00:00.000Z',
      '2027-07-01T08:00:00.000Z',
    ])
  })

  const due = (last: string | null, since = '2026-01-10T00:00:00Z') =>
    nextDue(DEFAULT_SCHEDULE, 'UTC', last === null ? null : at(last), at(since)).toISOString()

  it('stays where it was while nobody drilled', () => {
    expect(due(null)).toBe('2026-02-01T10:00:00.000Z')
  })

  it('a drill counts for the moment that it was held for, late or a little early', () => {
    expect(due('2026-11-04T10:00:00Z')).toBe('2026-12-01T10:00:00.000Z')
    expect(due('2026-11-25T10:00:00Z')).toBe('2027-01-01T10:00:00.000Z')
    expect(due('2026-11-20T10:00:00Z')).toBe('2026-12-01T10:00:00.000Z')
  })

  it('is due for a day and then overdue', () => {
    const moment = at('2026-12-01T10:00:00Z')
    expect(dueStanding(moment, at('2026-12-01T09:59:59Z'))).toBe('later')
    expect(dueStanding(moment, at('2026-12-01T10:00:00Z'))).toBe('due')
    expect(dueStanding(moment, at('2026-12-02T10:00:00Z'))).toBe('overdue')
  })

  it('a drill of everything is one of every part; of a part, of that part alone', () => {
    const [all, staging, production] = [
      { scope: 'organisation', target: '' },
      { scope: 'environment', target: 'staging' },
      { scope: 'environment', target: 'production' },
    ]
    expect(coversScope(all, production)).toBe(true)
    expect(coversScope(production, production)).toBe(true)
    expect(coversScope(staging, production)).toBe(false)
    expect(coversScope(production, all)).toBe(false)
  })
})
