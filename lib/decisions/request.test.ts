import { describe, expect, it } from 'vitest'
import type { Seat } from '@/lib/approvals/seat'
import { byDeadline, byRule, byStakes, groupOf, mayAnswerTogether, nextAfter } from './request'
import type { Stakes } from './stakes-order'

const now = new Date('2026-11-20T14:02:11Z')
const MINUTE = 60_000
const row = (id: string, minutes: number, frozen = false, stakes: Stakes = 'medium') => ({
  id,
  stakes,
  expiresAt: new Date(now.getTime() + minutes * MINUTE).toISOString(),
  frozen: frozen ? { id: 'hlt', scope: 'organisation' } : null,
  yours: { ok: true, seat: null } as Seat,
})
const notMine = (id: string, minutes: number) => ({
  ...row(id, minutes),
  yours: { ok: false, reason: 'requester' } as Seat,
})

describe('the inbox', () => {
  it('groups by what is left, to the minute', () => {
    expect(groupOf(row('a', 60), now)).toBe('hour')
    expect(groupOf(row('a', 61), now)).toBe('today')
    expect(groupOf(row('a', 24 * 60), now)).toBe('today')
    expect(groupOf(row('a', 24 * 60 + 1), now)).toBe('later')
  })

  it('sets apart what somebody else has taken, and what is for others however soon it runs out', () => {
    expect(groupOf(row('a', 5), now, new Set(['a']))).toBe('claimed')
    expect(groupOf(notMine('a', 5), now, new Set(['a']))).toBe('others')
    expect(groupOf(row('a', 5, true), now, new Set(['a']))).toBe('frozen')
    const byWeight = byStakes([row('a', 5, false, 'critical'), row('b', 5, false, 'low')], new Set(['a']))
    expect(byWeight.map(({ group }) => group)).toEqual(['low', 'claimed'])
  })

  it('goes on to what nobody has taken first', () => {
    const rows = [row('a', 5), row('b', 6), row('c', 7)]
    expect(nextAfter(rows, 'a', now, 'deadline', new Set(['b']))?.id).toBe('c')
    expect(nextAfter(rows, 'c', now, 'deadline', new Set(['b']))?.id).toBe('b')
  })

  it('sets frozen ones apart, however soon they run out', () => {
    expect(groupOf(row('a', 1, true), now)).toBe('frozen')
  })

  it('shows the nearest deadline first and leaves empty groups out', () => {
    const groups = byDeadline([row('c', 50), row('a', 3_000), row('b', 5), row('d', 5, true)], now)
    expect(groups.map(({ group, rows }) => [group, rows.map(({ id }) => id)])).toEqual([
      ['hour', ['b', 'c']],
      ['later', ['a']],
      ['frozen', ['d']],
    ])
  })

  it('goes on to the next one, and back from the last', () => {
    const rows = [row('a', 5), row('b', 50), row('c', 90)]
    expect(nextAfter(rows, 'a', now)?.id).toBe('b')
    expect(nextAfter(rows, 'c', now)?.id).toBe('b')
    expect(nextAfter(rows, 'gone', now)?.id).toBe('a')
    expect(nextAfter([row('a', 5)], 'a', now)).toBeUndefined()
  })
})

it('tells the reasons one rule gave in one sentence, and names the rule once', () => {
  const told = byRule([
    { code: 'approval_required', text: 'The boundary asks for a person’s approval.', rule: 'approval_required[0]' },
    { code: 'irreversible', text: 'It cannot be undone.', rule: 'approval_required[0]' },
    { code: 'untrusted_content', text: 'Its run has read content nobody vouches for.', rule: null },
  ])
  expect(told).toEqual([
    {
      rule: 'approval_required[0]',
      code: 'approval_required',
      text: 'The boundary asks for a person’s approval; it cannot be undone',
    },
    { rule: null, code: 'untrusted_content', text: 'Its run has read content nobody vouches for' },
  ])
})

describe('by what is at stake', () => {
  it('shows the most first, then the nearest deadline, and frozen ones last', () => {
    const groups = byStakes([
      row('a', 5, false, 'low'),
      row('b', 90, false, 'critical'),
      row('c', 5, false, 'critical'),
      row('d', 1, true, 'critical'),
    ])
    expect(groups.map(({ group, rows }) => [group, rows.map(({ id }) => id)])).toEqual([
      ['critical', ['c', 'b']],
      ['low', ['a']],
      ['frozen', ['d']],
    ])
    expect(nextAfter([row('a', 5, false, 'low'), row('b', 90, false, 'high')], 'b', now, 'risk')?.id).toBe('a')
  })
})

describe('several at once', () => {
  const one = {
    stakes: 'low' as Stakes,
    toolClass: { access: 'write', reversible: true, audience: 'internal', production: false, spends: false } as const,
    seats: 1,
  }
  it.each([
    ['low stakes that can be undone', {}, { ok: true }],
    ['more at stake', { stakes: 'medium' as Stakes }, { ok: false, reason: 'stakes' }],
    [
      'what cannot be undone',
      { toolClass: { ...one.toolClass, reversible: false } },
      { ok: false, reason: 'irreversible' },
    ],
    ['a tool nobody classed', { toolClass: null }, { ok: false, reason: 'unclassified' }],
    ['two seats', { seats: 2 }, { ok: false, reason: 'seats' }],
    ['arguments too large to be listed', { large: true }, { ok: false, reason: 'large' }],
  ])('%s', (_, other, answer) => {
    expect(mayAnswerTogether([one, { ...one, ...other }])).toEqual(answer)
  })
  it('needs several', () => {
    expect(mayAnswerTogether([one])).toEqual({ ok: false, reason: 'few' })
  })
})
