import { describe, expect, it } from 'vitest'
import type { Asking } from '@/lib/people/permission'
import { dueAt, mayClose, type Owed } from './review'

const ME = '019a0000-0000-7000-8000-000000000001'
const OTHER = '019a0000-0000-7000-8000-000000000002'
const owed = (more: Partial<Owed> = {}): Owed => ({ ownerId: OTHER, ownerThenId: OTHER, requesterId: null, ...more })
const person = (more: Partial<Asking> = {}): Asking => ({
  id: ME,
  roles: ['analyst'],
  onCall: false,
  deactivated: false,
  ...more,
})

describe('who closes a review', () => {
  it('is an analyst, a ciso or whoever is on call, with either finding', () => {
    for (const one of [person(), person({ roles: ['ciso'] }), person({ roles: [], onCall: true })])
      for (const finding of ['fine', 'problem'] as const) expect(mayClose(one, owed(), finding)).toEqual({ ok: true })
  })

  it('is nobody without a part in it, no auditor, no administrator and nobody deactivated', () => {
    for (const one of [
      person({ roles: [] }),
      person({ roles: ['auditor'], onCall: true }),
      person({ roles: ['administrator'], onCall: true }),
      person({ deactivated: true }),
      person({ readOnly: true }),
    ])
      expect(mayClose(one, owed(), 'problem').ok).toBe(false)
  })

  it('is never whom the agent acted for, whatever they found', () => {
    for (const finding of ['fine', 'problem'] as const)
      expect(mayClose(person(), owed({ requesterId: ME }), finding)).toMatchObject({
        ok: false,
        reason: expect.stringContaining('on your request') as unknown,
      })
  })

  it('may be the owner where it is a problem, never where it is fine, not even after handing the agent over', () => {
    for (const mine of [{ ownerId: ME }, { ownerThenId: ME }]) {
      expect(mayClose(person(), owed(mine), 'problem').ok).toBe(true)
      expect(mayClose(person(), owed(mine), 'fine').ok).toBe(false)
    }
    expect(mayClose(person({ roles: [] }), owed({ ownerId: ME }), 'problem').ok).toBe(true)
  })
})

it('a review is overdue so many days after the change', () => {
  expect(dueAt(new Date('2026-11-21T10:00:00Z'), 7).toISOString()).toBe('2026-11-28T10:00:00.000Z')
})
