import { describe, expect, test } from 'vitest'
import { readPasskeyFor, strictestPasskey, takesPasskey, takesReason } from '@/lib/approvals/assurance'
import { readSeatRule } from '@/lib/approvals/seat'
import { assuranceOf } from './assurance'
import { STAKES } from './stakes-order'

const rules = (over: Partial<Parameters<typeof assuranceOf>[0]> = {}) => ({
  passkeyFrom: 'critical' as const,
  reasonFrom: 'high' as const,
  chosen: true,
  ...over,
})

describe('what is at stake', () => {
  test.each([
    ['low', {}],
    ['medium', {}],
    ['high', { reason: true }],
    ['critical', { passkey: 'approve', reason: true }],
  ] as const)('%s asks for %o where nobody chose more', (stakes, asked) => {
    expect(assuranceOf(rules(), stakes, undefined)).toEqual(asked)
  })

  test('asks for no passkey to reject with, whatever it is', () => {
    for (const stakes of STAKES) {
      const asked = assuranceOf(rules({ passkeyFrom: 'low' }), stakes, undefined)
      expect(takesPasskey(asked, 'reject', true)).toBe(false)
      expect(takesPasskey(asked, 'approve', true)).toBe(true)
      expect(takesReason(asked, 'reject')).toBe(true)
    }
  })

  test('asks for one only as soon as signatures do, until a ciso has chosen', () => {
    const asked = assuranceOf(rules({ chosen: false }), 'critical', undefined)
    expect(asked).toEqual({ passkey: 'registered', reason: true })
    expect(takesPasskey(asked, 'approve', false)).toBe(false)
    expect(takesPasskey(asked, 'approve', true)).toBe(true)
  })

  test('never asks for less than a boundary does', () => {
    expect(assuranceOf(rules({ chosen: false }), 'critical', 'approve').passkey).toBe('approve')
    expect(assuranceOf(rules(), 'critical', 'both').passkey).toBe('both')
    expect(assuranceOf(rules(), 'low', 'both').passkey).toBe('both')
    expect(strictestPasskey(undefined, undefined)).toBeUndefined()
  })
})

test('a stored word that nobody knows asks for the most', () => {
  expect(readPasskeyFor('later')).toBe('both')
  expect(readSeatRule({ passkey: true, reason: 'x' })).toMatchObject({ passkey: 'both', reason: true })
  expect(readSeatRule({})).not.toHaveProperty('passkey')
})
