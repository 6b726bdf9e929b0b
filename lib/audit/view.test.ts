import { describe, expect, it } from 'vitest'
import { addressOf, BUILT_IN, keptQuery } from './saved-view'
import { auditPath, EVERYTHING, readAddress, type Address } from './view-address'
import { barsIn, beside, lastHolding, LASTS, rangeOf, type Last } from './view-range'
import { atWallClock, isZone, wallClock } from './view-zone'

const ENTRY = 'ent_019aa1b2c3d47e5f8123456789abcdef'
const NOW = new Date('2026-11-20T14:02:11.345Z')

const read = (url: string, zone = 'UTC') => {
  const { searchParams } = new URL(url, 'http://console.invalid')
  const given: Record<string, string | string[]> = {}
  for (const name of searchParams.keys()) {
    const all = searchParams.getAll(name)
    given[name] = all.length > 1 ? all : (all[0] ?? '')
  }
  return readAddress(given, zone)
}

describe('the view in the address', () => {
  const span = { from: new Date('2026-11-19T14:00:00Z'), to: new Date('2026-11-20T14:00:00.250Z') }
  const views: Address[] = [
    EVERYTHING,
    { ...EVERYTHING, q: 'agent:soc-triage -env:test "a & b=c #1 +%"', span: { last: '7d' } },
    { ...EVERYTHING, span, tz: 'local', before: ENTRY, entry: ENTRY, table: true },
    { ...EVERYTHING, span, tz: 'utc', after: ENTRY },
  ]
  it.each(views)('comes back as it was written: %o', (view) => {
    expect(read(auditPath(view))).toEqual({ address: view, problems: [], written: true })
  })

  it.each([
    ['?last=2w', 'last'],
    ['?last=24h&from=2026-11-19T14:00:00Z&to=2026-11-20T14:00:00Z', 'last'],
    ['?from=2026-11-19T14:00:00Z', 'to'],
    ['?from=yesterday&to=2026-11-20T14:00:00Z', 'from'],
    ['?from=2026-02-30T14:00&to=2026-11-20T14:00:00Z', 'from'],
    ['?from=2026-11-21T14:00:00Z&to=2026-11-20T14:00:00Z', 'to'],
    ['?from=1970-01-01T00:00:00Z&to=2026-11-20T14:00:00Z', 'from'],
    ['?q=a&q=b', 'q'],
    ['?before=1', 'before'],
    [`?before=${ENTRY}&after=${ENTRY}`, 'after'],
    ['?entry=act_019aa1b2c3d47e5f8123456789abcdef', 'entry'],
    ['?tz=cet', 'tz'],
    ['?colour=red', 'colour'],
  ])('is not guessed at where it cannot be read: %s', (url, parameter) => {
    const { problems, address } = read(`/audit${url}`)
    expect(problems.map((problem) => problem.parameter)).toEqual([parameter])
    expect(problems[0]?.says).toMatch(/\.$/)
    expect(read(auditPath(address)).problems).toEqual([])
  })

  it('turns what older addresses said into terms', () => {
    const { address, problems, written } = read('/audit?agent=soc-triage&outcome=forbid')
    expect(address.q).toBe('agent:soc-triage outcome:forbid')
    expect([problems, written]).toEqual([[], false])
  })

  it('reads a time without a zone by the clock that is shown, and writes it without doubt', () => {
    const { address, written } = read('/audit?from=2026-11-20T14:00&to=2026-11-20T15:30:10', 'Europe/Amsterdam')
    expect(written).toBe(false)
    expect(auditPath(address)).toBe('/audit?from=2026-11-20T13%3A00%3A00Z&to=2026-11-20T14%3A30%3A10Z')
  })
})

describe('the range', () => {
  it.each(Object.keys(LASTS) as Last[])(
    '%s ends with the bar that is under way, and has bars of a round length',
    (last) => {
      const range = rangeOf({ last }, NOW)
      expect(range.to.getTime()).toBeGreaterThan(NOW.getTime())
      expect(range.to.getTime() - NOW.getTime()).toBeLessThanOrEqual(LASTS[last].step)
      const bars = barsIn(range)
      expect(bars).toBeLessThanOrEqual(61)
      expect((range.to.getTime() - range.from.getTime()) % bars).toBe(0)
    },
  )

  it('has a neighbour on each side, but none that lies in the future', () => {
    const range = { from: new Date('2026-11-20T12:00:00Z'), to: new Date('2026-11-20T13:00:00Z') }
    expect(beside(range, 'previous', NOW)).toEqual({ from: new Date('2026-11-20T11:00:00Z'), to: range.from })
    expect(beside(range, 'next', NOW)).toEqual({ from: range.to, to: new Date('2026-11-20T14:00:00Z') })
    expect(beside(rangeOf({ last: '1h' }, NOW), 'next', NOW)).toBeNull()
  })

  it('says which sliding stretch still holds a moment', () => {
    expect(lastHolding(new Date('2026-11-20T13:30:00Z'), NOW)).toBe('1h')
    expect(lastHolding(new Date('2026-11-15T13:30:00Z'), NOW)).toBe('7d')
    expect(lastHolding(new Date('2024-11-15T13:30:00Z'), NOW)).toBeNull()
  })

  it.each([
    [1, 1],
    [1_000, 1],
    [90_000, 45],
    [3_600_000, 60],
    [86_400_001, 48],
  ])('%d ms are drawn in %d bars', (length, bars) =>
    expect(barsIn({ from: NOW, to: new Date(NOW.getTime() + length) })).toBe(bars),
  )
})

describe('the clock on a wall', () => {
  it.each([
    ['2026-11-20T14:00:00', 'UTC', '2026-11-20T14:00:00.000Z'],
    ['2026-07-01T14:00', 'Europe/Amsterdam', '2026-07-01T12:00:00.000Z'],
    ['2026-01-01T00:00', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
    ['2026-06-01T12:00', 'Asia/Kolkata', '2026-06-01T06:30:00.000Z'],
    // the hour that comes twice: the first
    ['2026-10-25T02:30', 'Europe/Amsterdam', '2026-10-25T00:30:00.000Z'],
  ])('%s in %s', (text, zone, moment) => expect(atWallClock(text, zone)?.toISOString()).toBe(moment))

  it('never shows an hour that is skipped, nor a day that is not', () => {
    expect(atWallClock('2026-03-29T02:30', 'Europe/Amsterdam')).toBeNull()
    expect(atWallClock('2026-02-30T02:30', 'UTC')).toBeNull()
  })

  it('comes back from every moment', () => {
    for (let at = Date.parse('2026-03-28T00:00:00Z'); at < Date.parse('2026-03-31T00:00:00Z'); at += 600_000) {
      const shown = wallClock(new Date(at), 'Europe/Amsterdam')
      expect(atWallClock(shown, 'Europe/Amsterdam')?.getTime()).toBe(at)
    }
  })

  it('knows a zone from a word', () => {
    expect([isZone('Europe/Amsterdam'), isZone('UTC'), isZone('Nowhere/Else'), isZone('')]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})

it('every view of the house can be read', () => {
  expect(BUILT_IN.map(({ name }) => name)).toEqual(['Denied', 'Overridden', 'Boundary changes', 'Halts'])
  for (const { address } of BUILT_IN) expect(addressOf(keptQuery(address))).toEqual(address)
})
