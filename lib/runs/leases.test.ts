import { describe, expect, it } from 'vitest'
import { DEFAULT_LEASE_SECONDS, leaseSeconds } from './leases'

describe('how long a lease is', () => {
  it.each<[boolean, number | undefined, number]>([
    [true, undefined, 15],
    [true, 10, 10],
    [true, 86_400, 15],
    [true, 0, 0],
    [false, undefined, DEFAULT_LEASE_SECONDS],
    [false, 86_400, 86_400],
    [false, 0, 0],
  ])('renews %s, asked %s: %s', (renews, asked, seconds) => {
    expect(leaseSeconds(renews, asked, 15)).toBe(seconds)
  })
})
