import { expect, test } from 'vitest'
import {
  CLIENT_ID,
  clientIdFrom,
  credentialState,
  isUsable,
  LONGEST_OVERLAP_HOURS,
  overlapEnd,
  SECRET,
  secretFrom,
} from './credential'

test('a secret keeps all 256 bits and always has the same form', () => {
  expect(secretFrom(new Uint8Array(32))).toBe(`cs_agent_${'0'.repeat(43)}`)
  const most = secretFrom(new Uint8Array(32).fill(255))
  expect(most).toMatch(SECRET)
  const one = new Uint8Array(32)
  one[31] = 1
  expect(secretFrom(one)).not.toBe(secretFrom(new Uint8Array(32)))
  expect(() => secretFrom(new Uint8Array(31))).toThrow(RangeError)
})

test('a client id is its 12 bytes in hexadecimal', () => {
  expect(clientIdFrom(new Uint8Array(12).fill(171))).toBe(`ag_${'ab'.repeat(12)}`)
  expect(clientIdFrom(new Uint8Array(12))).toMatch(CLIENT_ID)
  expect(() => clientIdFrom(new Uint8Array(11))).toThrow(RangeError)
})

test('a rotated credential works until its end and not at it', () => {
  const now = new Date('2026-11-20T12:00:00Z')
  const before = new Date(now.getTime() - 1)
  const times = { expiresAt: now, revokedAt: null }
  expect(credentialState(times, before)).toBe('ending')
  expect(isUsable(times, before)).toBe(true)
  expect(credentialState(times, now)).toBe('expired')
  expect(isUsable(times, now)).toBe(false)
})

test('revoked wins over everything', () => {
  const now = new Date()
  expect(credentialState({ expiresAt: new Date(now.getTime() + 1000), revokedAt: now }, now)).toBe('revoked')
  expect(credentialState({ expiresAt: null, revokedAt: null }, now)).toBe('live')
})

test('an overlap is at most seven days', () => {
  const now = new Date('2026-11-20T12:00:00Z')
  expect(overlapEnd(now, 24).toISOString()).toBe('2026-11-21T12:00:00.000Z')
  expect(() => overlapEnd(now, LONGEST_OVERLAP_HOURS + 1)).toThrow(RangeError)
  expect(() => overlapEnd(now, -1)).toThrow(RangeError)
  expect(() => overlapEnd(now, Number.NaN)).toThrow(RangeError)
})
