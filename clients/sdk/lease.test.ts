import { describe, expect, it } from 'vitest'
import { Lease } from './lease'

const at = (steady: number, wall = steady) => ({ steady, wall })

describe('a lease, as its holder counts it', () => {
  it('is over so many seconds after the request was sent, not after it was answered', () => {
    const lease = new Lease(15, at(1_000))
    expect(lease.left(at(15_999))).toBe(1)
    expect(lease.left(at(16_000))).toBe(0)
  })

  it('begins anew with each renewal, and one that was overtaken changes nothing', () => {
    const lease = new Lease(15, at(0))
    lease.renewed(15, at(10_000))
    lease.renewed(300, at(5_000))
    expect(lease.left(at(20_000))).toBe(5_000)
  })

  it('is over when the machine slept, or its clock was set forward; set back it is no longer', () => {
    expect(new Lease(15, at(0, 0)).left(at(1_000, 60_000))).toBeLessThan(0)
    expect(new Lease(15, at(0, 60_000)).left(at(16_000, 0))).toBeLessThan(0)
  })

  it.each([undefined, null, NaN, Infinity, 0, -1, '15'])(
    'is not renewed by an answer that says %s: it ends when it would have',
    (said) => {
      const lease = new Lease(15, at(0))
      expect(() => {
        lease.renewed(said as number, at(5_000))
      }).toThrow(TypeError)
      expect(lease.left(at(15_000))).toBe(0)
      expect(() => new Lease(said as number, at(0))).toThrow(TypeError)
    },
  )

  it('is renewed when a third of it has gone', () => {
    const lease = new Lease(15, at(0))
    expect(lease.renewAfter(at(0))).toBe(5_000)
    expect(lease.renewAfter(at(6_000))).toBe(0)
  })
})
