import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  deviceLoginState,
  heard,
  userCodeFrom,
  userCodeShown,
  userCodeTyped,
  USER_CODE_ALPHABET,
  type DeviceLogin,
} from './device-login'

const NOW = new Date('2026-11-21T12:00:00Z')
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
const login = (over: Partial<DeviceLogin> = {}): DeviceLogin => ({
  expiresAt: after(600),
  intervalSeconds: 3,
  polledAt: null,
  answer: null,
  claimedAt: null,
  stands: true,
  ...over,
})

describe('a user code', () => {
  it('is eight letters of the alphabet, each as likely as any other', () => {
    const counts = new Map<string, number>()
    for (let at = 0; at < 5_000; at += 1)
      for (const letter of userCodeFrom(randomBytes(64))) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect([...counts.keys()].toSorted().join('')).toBe(USER_CODE_ALPHABET)
    // 2,000 of each are expected; six standard deviations
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(6 * Math.sqrt(2_000))
  })

  it('passes over the bytes that would favour some letters', () => {
    expect(userCodeFrom(new Uint8Array([255, 240, 0, 1, 2, 3, 4, 5, 6, 7]))).toBe('BCDFGHJK')
    expect(() => userCodeFrom(new Uint8Array(16).fill(250))).toThrow(RangeError)
  })

  it('is read however it is typed', () => {
    for (const typed of ['WDJB-MJHT', 'wdjbmjht', ' wdjb mjht ', 'WDJB–MJHT', 'wd.jb_mj-ht'])
      expect(userCodeTyped(typed)).toBe('WDJBMJHT')
    expect(userCodeShown('WDJBMJHT')).toBe('WDJB-MJHT')
  })

  it.each(['', 'WDJB', 'WDJB-MJHTX', 'WDJB-MJH1', 'AEIO-UAEI', 'WDJB-MJHТ', 'ſDJB-MJHT'])('is not %j', (typed) => {
    expect(userCodeTyped(typed)).toBeUndefined()
  })
})

describe('what a command line that asks is told', () => {
  it('waits while nobody answered', () => {
    expect(heard(login(), NOW)).toEqual({ says: 'authorization_pending' })
    expect(heard(login({ polledAt: after(-3) }), NOW)).toEqual({ says: 'authorization_pending' })
  })

  it('waits longer each time it asks too soon, and never longer than a minute', () => {
    expect(heard(login({ polledAt: after(-1) }), NOW)).toEqual({ says: 'slow_down', intervalSeconds: 8 })
    expect(heard(login({ polledAt: NOW, intervalSeconds: 58 }), NOW)).toEqual({
      says: 'slow_down',
      intervalSeconds: 60,
    })
  })

  it('is given its token once, and never after its time', () => {
    expect(heard(login({ answer: 'allowed', polledAt: NOW }), NOW)).toEqual({ says: 'given' })
    expect(heard(login({ answer: 'allowed', claimedAt: NOW }), NOW)).toEqual({ says: 'used' })
    expect(heard(login({ answer: 'allowed', expiresAt: NOW }), NOW)).toEqual({ says: 'expired_token' })
    expect(heard(login({ expiresAt: NOW }), NOW)).toEqual({ says: 'expired_token' })
  })

  it('is refused when a person refused it, or when nobody stands behind it any more', () => {
    expect(heard(login({ answer: 'refused' }), NOW)).toEqual({ says: 'access_denied' })
    expect(heard(login({ answer: 'refused', expiresAt: NOW }), NOW)).toEqual({ says: 'access_denied' })
    expect(heard(login({ answer: 'allowed', stands: false }), NOW)).toEqual({ says: 'access_denied' })
  })

  it('is shown to the person where it stands', () => {
    expect(deviceLoginState(login(), NOW)).toBe('waiting')
    expect(deviceLoginState(login({ answer: 'allowed' }), NOW)).toBe('allowed')
    expect(deviceLoginState(login({ answer: 'allowed', claimedAt: NOW, expiresAt: NOW }), NOW)).toBe('claimed')
    expect(deviceLoginState(login({ answer: 'refused' }), NOW)).toBe('refused')
    expect(deviceLoginState(login({ expiresAt: NOW }), NOW)).toBe('expired')
  })
})
