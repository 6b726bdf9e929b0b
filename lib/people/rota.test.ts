import { describe, expect, test } from 'vitest'
import { gapsIn, momentOf, rotaShifts, type Rota } from './rota'

const rota: Rota = { people: ['ann', 'bob', 'cem'], startsOn: '2026-03-23', handover: '09:00', length: 'week' }
const shifts = (over: Partial<Rota>, from: string, until: string, zone = 'Europe/Amsterdam') =>
  rotaShifts({ ...rota, ...over }, zone, new Date(from), new Date(until)).map(
    ({ personId, startsAt, endsAt }) => `${personId} ${startsAt.toISOString()} ${endsAt.toISOString()}`,
  )

describe('a rota', () => {
  test('goes by turns, week by week, at the same time of the clock when the clock changes', () => {
    expect(shifts({}, '2026-03-23T00:00Z', '2026-04-13T00:00Z')).toEqual([
      'ann 2026-03-23T08:00:00.000Z 2026-03-30T07:00:00.000Z',
      'bob 2026-03-30T07:00:00.000Z 2026-04-06T07:00:00.000Z',
      'cem 2026-04-06T07:00:00.000Z 2026-04-13T07:00:00.000Z',
    ])
  })

  test('leaves no moment out, whatever the zone, the length and the hour', () => {
    for (const zone of ['UTC', 'Europe/Amsterdam', 'America/St_Johns', 'Pacific/Kiritimati', 'Australia/Lord_Howe'])
      for (const handover of ['00:00', '02:30', '23:59'])
        for (const length of ['day', 'week'] as const) {
          const [from, until] = [new Date('2026-03-26T00:00Z'), new Date('2026-12-01T00:00Z')]
          const all = rotaShifts({ ...rota, handover, length }, zone, from, until)
          expect(gapsIn(all, from, until), `${zone} ${handover} ${length}`).toEqual([])
          for (const [i, { startsAt }] of all.entries()) if (i > 0) expect(startsAt).toEqual(all[i - 1]?.endsAt)
        }
  })

  test('gives a day to somebody else, from its handover to the next', () => {
    const overrides = new Map([['2026-03-25', 'cem']])
    expect(shifts({ overrides }, '2026-03-23T12:00Z', '2026-03-29T12:00Z')).toEqual([
      'ann 2026-03-23T08:00:00.000Z 2026-03-25T08:00:00.000Z',
      'cem 2026-03-25T08:00:00.000Z 2026-03-26T08:00:00.000Z',
      'ann 2026-03-26T08:00:00.000Z 2026-03-30T07:00:00.000Z',
    ])
  })

  test('begins on its first day, and not before', () => {
    expect(shifts({ length: 'day' }, '2026-03-01T00:00Z', '2026-03-24T00:00Z')).toEqual([
      'ann 2026-03-23T08:00:00.000Z 2026-03-24T08:00:00.000Z',
    ])
  })
})

test('a time the clock skips is as much later, and one that comes twice is the first', () => {
  expect(momentOf('2026-03-29', '02:30', 'Europe/Amsterdam').toISOString()).toBe('2026-03-29T01:30:00.000Z')
  expect(momentOf('2026-10-25', '02:30', 'Europe/Amsterdam').toISOString()).toBe('2026-10-25T00:30:00.000Z')
})

test('gaps are what no shift covers, also before the first and after the last', () => {
  const at = (hour: number) => new Date(hour * 3_600_000)
  const some = [
    { startsAt: at(2), endsAt: at(4) },
    { startsAt: at(3), endsAt: at(5) },
    { startsAt: at(6), endsAt: at(7) },
  ]
  expect(gapsIn(some, at(0), at(8))).toEqual([
    { from: at(0), until: at(2) },
    { from: at(5), until: at(6) },
    { from: at(7), until: at(8) },
  ])
  expect(gapsIn([{ startsAt: at(0), endsAt: null }], at(1), at(8))).toEqual([])
})
