import { describe, expect, it } from 'vitest'
import { readPeriod } from './period'

const now = new Date('2026-11-21T04:00:00Z')
const said = (from: unknown, to: unknown) => {
  const period = readPeriod(from, to, now)
  return period && [period.from.toISOString(), period.to.toISOString()]
}

describe('readPeriod', () => {
  it('takes days, the last one included, and moments as they are', () => {
    expect(said('2026-05-01', '2026-05-31')).toEqual(['2026-05-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z'])
    expect(said('2026-05-01T03:00:00+02:00', '2026-05-02')).toEqual([
      '2026-05-01T01:00:00.000Z',
      '2026-05-03T00:00:00.000Z',
    ])
  })

  it('is the last 30 days when nothing is said', () => {
    expect(said(undefined, '')).toEqual(['2026-10-22T04:00:00.000Z', '2026-11-21T04:00:00.000Z'])
  })

  it.each([
    ['2026-13-01', '2026-05-02'],
    ['yesterday', '2026-05-02'],
    ['2026-05-03', '2026-05-01'],
    [['2026-05-01'], '2026-05-02'],
    ['1990-05-01', '2026-05-02'],
  ])('is nothing for %s to %s', (from, to) => {
    expect(said(from, to)).toBeNull()
  })
})
