import { describe, expect, test } from 'vitest'
import { digestAt, isQuiet, minuteOfDay, nextAt, quietUntil } from './quiet-hours'

const AMSTERDAM = 'Europe/Amsterdam'
const NIGHT = { from: 22 * 60, until: 7 * 60 }
const at = (text: string) => new Date(text)

describe('quiet hours', () => {
  test('go over midnight on the person’s own clock', () => {
    expect(isQuiet(at('2026-11-21T20:59:00Z'), NIGHT, AMSTERDAM)).toBe(false)
    expect(isQuiet(at('2026-11-21T21:00:00Z'), NIGHT, AMSTERDAM)).toBe(true)
    expect(isQuiet(at('2026-11-22T05:59:59Z'), NIGHT, AMSTERDAM)).toBe(true)
    expect(isQuiet(at('2026-11-22T06:00:00Z'), NIGHT, AMSTERDAM)).toBe(false)
    expect(isQuiet(at('2026-11-21T21:00:00Z'), NIGHT, 'America/New_York')).toBe(false)
  })

  test('are never, where both ends are the same', () => {
    expect(isQuiet(at('2026-11-21T21:00:00Z'), { from: 60, until: 60 }, 'UTC')).toBe(false)
  })

  test('end by the clock on the wall in the night that is an hour shorter, and in the one that is longer', () => {
    expect(quietUntil(at('2026-03-28T22:30:00Z'), NIGHT, AMSTERDAM)).toEqual(at('2026-03-29T05:00:00Z'))
    expect(quietUntil(at('2026-10-24T21:30:00Z'), NIGHT, AMSTERDAM)).toEqual(at('2026-10-25T06:00:00Z'))
  })

  test('that end in the hour nobody’s clock shows end when that hour would have begun', () => {
    // 02:00 to 03:00 does not exist in this night
    expect(quietUntil(at('2026-03-28T22:30:00Z'), { from: 22 * 60, until: 150 }, AMSTERDAM)).toEqual(
      at('2026-03-29T01:00:00Z'),
    )
    expect(nextAt(at('2026-03-28T22:30:00Z'), 150, AMSTERDAM)).toEqual(at('2026-03-29T01:00:00Z'))
  })

  test('that end in the hour that comes twice end with the first, and the second is quiet again as the clock shows it', () => {
    const hours = { from: 22 * 60, until: 150 }
    const end = quietUntil(at('2026-10-24T21:30:00Z'), hours, AMSTERDAM)
    expect(end).toEqual(at('2026-10-25T00:30:00Z'))
    expect(isQuiet(end, hours, AMSTERDAM)).toBe(false)
    expect(isQuiet(at('2026-10-25T01:10:00Z'), hours, AMSTERDAM)).toBe(true)
  })

  test('hold at every minute before their end and not at it: random hours, zones and moments, around every shift of the clock', () => {
    let seed = 20261121
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below
    // zones that shift by an hour, by half an hour, at midnight, and not at all
    const zones = [
      AMSTERDAM,
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Beirut',
      'America/Santiago',
      'Asia/Kolkata',
      'Pacific/Chatham',
    ]
    const shifts = [
      '2026-03-29T00:00Z',
      '2026-10-25T00:00Z',
      '2026-03-08T06:00Z',
      '2026-11-01T05:00Z',
      '2026-04-04T15:00Z',
      '2026-10-03T15:30Z',
      '2026-09-06T04:00Z',
    ]
    for (let n = 0; n < 300; n++) {
      const zone = zones[random(zones.length)] ?? 'UTC'
      const now = new Date(at(shifts[random(shifts.length)] ?? '').getTime() + (random(48 * 60) - 24 * 60) * 60_000)
      const hours = { from: random(1440), until: random(1440) }
      const end = quietUntil(now, hours, zone)
      expect(isQuiet(end, hours, zone), `${zone} ${now.toISOString()} ${JSON.stringify(hours)}`).toBe(false)
      expect(end.getTime() - now.getTime()).toBeLessThanOrEqual(25.5 * 3_600_000)
      for (let time = now.getTime(); time < end.getTime(); time += 60_000)
        if (!isQuiet(new Date(time), hours, zone))
          expect.fail(`${zone}: not quiet at ${new Date(time).toISOString()}, said to be until ${end.toISOString()}`)
    }
  })
})

describe('a digest', () => {
  test('goes out at the next full hour, or at eight in the morning where the person is', () => {
    expect(digestAt(at('2026-11-21T10:00:00Z'), 'hourly', AMSTERDAM)).toEqual(at('2026-11-21T11:00:00Z'))
    expect(digestAt(at('2026-11-21T10:00:00Z'), 'daily', AMSTERDAM)).toEqual(at('2026-11-22T07:00:00Z'))
    expect(digestAt(at('2026-03-28T10:00:00Z'), 'daily', AMSTERDAM)).toEqual(at('2026-03-29T06:00:00Z'))
    expect(minuteOfDay(digestAt(at('2026-03-28T10:00:00Z'), 'daily', 'Asia/Kolkata'), 'Asia/Kolkata')).toBe(480)
  })
})
