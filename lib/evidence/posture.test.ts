import { describe, expect, it } from 'vitest'
import { byUrgency, fillHours, headline, isBeginning, type Waiting } from './posture'

const now = new Date('2026-11-20T14:02:11Z')

it.each([
  [0, 0, 'Nothing waits for a person.'],
  [1, 0, 'One thing waits for a person.'],
  [11, 1, 'Eleven things wait for a person. One halt is in force.'],
  [140, 2, '140 things wait for a person. Two halts are in force.'],
])('says %i waiting and %i halts in a sentence', (waiting, halts, words) => {
  expect(headline(waiting, halts)).toBe(words)
})

it('puts the nearest deadline first and what has none last', () => {
  const one = (key: string, due: string | null): Waiting => ({
    key,
    kind: 'action',
    href: '/',
    what: [],
    aside: '',
    who: '',
    due,
    overdue: false,
  })
  const rows = [one('c', null), one('b', '2026-11-20T15:00:00Z'), one('a', '2026-11-19T00:00:00Z'), one('d', null)]
  expect(rows.toSorted(byUrgency).map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd'])
})

describe('the hours of a day', () => {
  it('are twenty-four, the last one the present one, with zeros where nothing was decided', () => {
    const present = Math.floor(now.getTime() / 3_600_000)
    const hours = fillHours(
      [
        { hour: present, outcome: 'allow', count: 3 },
        { hour: present - 23, outcome: 'forbid', count: 1 },
        { hour: present - 24, outcome: 'forbid', count: 9 },
      ],
      now,
    )
    expect(hours).toHaveLength(24)
    expect(hours.at(-1)).toEqual({ from: '2026-11-20T14:00:00.000Z', allow: 3, hold: 0, forbid: 0 })
    expect(hours[0]).toMatchObject({ forbid: 1 })
    expect(hours.reduce((sum, hour) => sum + hour.forbid, 0)).toBe(1)
  })
})

it('is a beginning until every step is done', () => {
  expect(isBeginning([{ key: 'people', done: true }])).toBe(false)
  expect(
    isBeginning([
      { key: 'people', done: true },
      { key: 'agent', done: false },
    ]),
  ).toBe(true)
})
