import { describe, expect, it } from 'vitest'
import { covers, onCallAt, shiftProblem } from './on-call'

const at = (hour: number) => new Date(Date.UTC(2026, 10, 20, hour))
const shift = (personId: string, from: number, to: number | null) => ({
  personId,
  startsAt: at(from),
  endsAt: to === null ? null : at(to),
})

describe('who is on call', () => {
  it('a shift covers its start and not its end', () => {
    expect(covers(shift('a', 8, 12), at(8))).toBe(true)
    expect(covers(shift('a', 8, 12), at(12))).toBe(false)
    expect(covers(shift('a', 8, null), at(23))).toBe(true)
    expect(covers(shift('a', 8, null), at(7))).toBe(false)
  })

  it('names everybody who covers the moment, the latest first, and whoever comes next', () => {
    const shifts = [shift('a', 6, null), shift('b', 8, 12), shift('c', 20, null), shift('d', 14, 18), shift('e', 1, 2)]
    const { now, next } = onCallAt(shifts, at(10))
    expect(now.map((each) => each.personId)).toEqual(['b', 'a'])
    expect(next?.personId).toBe('d')
  })

  it.each([
    ['ends before it starts', at(12), at(11), 'endsAt'],
    ['ends as it starts', at(12), at(12), 'endsAt'],
    ['is over', at(1), at(2), 'endsAt'],
    ['starts in two years', new Date('2028-12-01T00:00:00Z'), null, 'startsAt'],
    ['lasts two years', at(12), new Date('2028-12-01T00:00:00Z'), 'endsAt'],
  ] as const)('a shift that %s is refused', (_name, startsAt, endsAt, field) => {
    expect(shiftProblem({ startsAt, endsAt }, at(10))?.field).toBe(field)
  })

  it('a shift from now until somebody ends it stands', () => {
    expect(shiftProblem({ startsAt: at(10), endsAt: null }, at(10))).toBeUndefined()
  })
})
