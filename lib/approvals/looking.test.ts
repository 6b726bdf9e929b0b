import { describe, expect, it } from 'vitest'
import { LOOKING_HIDDEN, LOOKING_LEASE, LOOKING_RENEW, standsAt, takerOf, TAKEN_LEASE } from './looking'

const now = new Date('2026-11-21T10:00:00Z')
const at = (seconds: number) => new Date(now.getTime() + seconds * 1_000)
const row = (until: number, taken?: readonly [at: number, until: number]) => ({
  until: at(until),
  takenAt: taken ? at(taken[0]) : null,
  takenUntil: taken ? at(taken[1]) : null,
})

describe('looking at a request', () => {
  it('ends by itself when the page says nothing more', () => {
    expect(standsAt(row(1), now)).toBe(true)
    expect(standsAt(row(0), now)).toBe(false)
  })

  it('may miss one renewal, and a page that is hidden leaves before its lease does', () => {
    expect(LOOKING_LEASE).toBeGreaterThan(2 * LOOKING_RENEW)
    expect(LOOKING_HIDDEN).toBeLessThan(LOOKING_LEASE)
  })
})

describe('taking it', () => {
  it('outlives the page for a while, and then ends by itself', () => {
    expect(TAKEN_LEASE).toBeGreaterThan(LOOKING_LEASE)
    expect(standsAt(row(-60, [-90, 60]), now)).toBe(true)
    expect(standsAt(row(-60, [-90, 0]), now)).toBe(false)
  })

  it('is whoever took it last, of those whose word still stands', () => {
    const [dana, bram, over] = [row(10, [-60, 60]), row(10, [-5, 60]), row(10, [-1, -1])]
    expect(takerOf([dana, bram, over], now)).toBe(bram)
    expect(takerOf([dana, over], now)).toBe(dana)
    expect(takerOf([row(10), over], now)).toBeUndefined()
  })
})
