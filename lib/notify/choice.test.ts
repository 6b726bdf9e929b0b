import { describe, expect, test } from 'vitest'
import { DEFAULT_CHOICE, paceFor, readWants, type Choice } from './choice'
import { expiringFrom } from './notification'

const night = new Date('2026-11-21T23:00:00Z')
const choice = (given: Partial<Choice> = {}): Choice => ({ ...DEFAULT_CHOICE, timeZone: 'UTC', ...given })
const quiet = { from: 22 * 60, until: 7 * 60 }
const request = { kind: 'request', urgent: false, severity: null } as const
const halt = { kind: 'halt', urgent: true, severity: null } as const

describe('what somebody wants', () => {
  test('is everything at once by mail, and nothing on screens, until they say otherwise', () => {
    expect(paceFor(choice(), 'mail', request, night)).toEqual({ pace: 'now', dueAt: night })
    expect(paceFor(choice(), 'browser', request, night)).toBeNull()
  })

  test('waits for the end of their quiet hours, but for what is urgent, where they left that on', () => {
    expect(paceFor(choice({ quiet }), 'mail', request, night)?.dueAt).toEqual(new Date('2026-11-22T07:00:00Z'))
    expect(paceFor(choice({ quiet }), 'mail', halt, night)?.dueAt).toEqual(night)
    expect(paceFor(choice({ quiet, urgent: false }), 'mail', halt, night)?.dueAt).toEqual(
      new Date('2026-11-22T07:00:00Z'),
    )
  })

  test('is gathered where they want digests, and a digest that falls into quiet hours waits too; what is urgent is never gathered', () => {
    const wants = readWants({ mail: { request: 'hourly', halt: 'daily' } })
    expect(paceFor(choice({ wants }), 'mail', request, night)).toEqual({
      pace: 'hourly',
      dueAt: new Date('2026-11-22T00:00:00Z'),
    })
    expect(paceFor(choice({ wants, quiet }), 'mail', request, night)?.dueAt).toEqual(new Date('2026-11-22T07:00:00Z'))
    expect(paceFor(choice({ wants }), 'mail', halt, night)).toEqual({ pace: 'now', dueAt: night })
  })

  test('leaves out alerts that are not as loud as they set, and what they turned off', () => {
    const alert = (severity: 'notice' | 'warning' | 'critical') =>
      paceFor(choice(), 'mail', { kind: 'alert', urgent: false, severity }, night)
    expect([alert('notice'), alert('warning')?.pace, alert('critical')?.pace]).toEqual([null, 'now', 'now'])
    expect(paceFor(choice({ wants: readWants({ mail: { request: 'off' } }) }), 'mail', request, night)).toBeNull()
  })

  test('is heard where what is stored is odd, or knows nothing of a kind', () => {
    for (const stored of [null, 7, 'x', [], { mail: 'off' }, { mail: { request: 'never' } }])
      expect(readWants(stored).mail.request).toBe('now')
  })
})

test('a request expires soon half an hour before its end, or in its last quarter where it is short', () => {
  const from = new Date('2026-11-21T10:00:00Z')
  expect(expiringFrom(from, new Date('2026-11-21T14:00:00Z'))).toEqual(new Date('2026-11-21T13:30:00Z'))
  expect(expiringFrom(from, new Date('2026-11-21T10:20:00Z'))).toEqual(new Date('2026-11-21T10:15:00Z'))
})
