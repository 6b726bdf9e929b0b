import { describe, expect, it } from 'vitest'
import { mayTakeSeat, readSeatRule, seatRule, tally, type Answerer, type Given, type SeatRefusal } from './seat'

const analyst = (id: string): Answerer => ({ id, roles: ['analyst'], onCall: false, active: true })
const rule = seatRule('action', { requesterId: 'requester', ownerId: 'owner' })

const approve = (personId: string): Given => ({ personId, answer: 'approve' })
const refusal = (reason: SeatRefusal) => ({ ok: false, reason })

describe('who may take a seat', () => {
  it('an analyst decides a held action', () => {
    expect(mayTakeSeat(rule, 1, [], analyst('dana'), 'approve')).toEqual({ ok: true })
  })

  it.each([
    ['nobody without the role', { ...analyst('dana'), roles: ['ciso', 'administrator', 'auditor'] }, 'not_eligible'],
    [
      'nobody on call, who decides halts and not actions',
      { ...analyst('dana'), roles: [], onCall: true },
      'not_eligible',
    ],
    ['nobody whose account has ended', { ...analyst('dana'), active: false }, 'inactive'],
    ['never the requester', analyst('requester'), 'requester'],
    ['the owner not alone', analyst('owner'), 'owner_alone'],
  ] as const)('%s', (_, person, reason) => {
    expect(mayTakeSeat(rule, 1, [], person, 'approve')).toEqual(refusal(reason))
    expect(mayTakeSeat(rule, 1, [], person, 'reject')).toEqual(refusal(reason))
  })

  it('one person never fills two seats', () => {
    expect(mayTakeSeat(rule, 2, [approve('dana')], analyst('dana'), 'approve')).toEqual(refusal('already_answered'))
    expect(mayTakeSeat(rule, 2, [approve('dana')], analyst('dana'), 'reject')).toEqual(refusal('already_answered'))
  })

  it('the owner may fill one of two seats, in either order', () => {
    expect(mayTakeSeat(rule, 2, [], analyst('owner'), 'approve')).toEqual({ ok: true })
    expect(mayTakeSeat(rule, 2, [approve('dana')], analyst('owner'), 'approve')).toEqual({ ok: true })
    expect(mayTakeSeat(rule, 2, [approve('owner')], analyst('dana'), 'approve')).toEqual({ ok: true })
  })

  it('a halt is lifted by two, and whoever engaged it may be one of them', () => {
    const lift = seatRule('halt_lift', { notAloneId: 'engager' })
    const onCall: Answerer = { id: 'engager', roles: [], onCall: true, active: true }
    expect(mayTakeSeat(lift, 2, [], onCall, 'approve')).toEqual({ ok: true })
    expect(mayTakeSeat(lift, 2, [approve('engager')], analyst('dana'), 'approve')).toEqual({ ok: true })
    expect(mayTakeSeat(lift, 1, [], onCall, 'approve')).toEqual(refusal('engager_alone'))
  })

  it('a stored rule that cannot be read lets nobody in', () => {
    for (const stored of [null, 'analyst', { roles: 'analyst' }, { roles: [7] }, []]) {
      expect(mayTakeSeat(readSeatRule(stored), 1, [], analyst('dana'), 'approve')).toEqual(refusal('not_eligible'))
    }
  })

  it('a rule survives being stored', () => {
    expect(readSeatRule(JSON.parse(JSON.stringify(rule)))).toEqual(rule)
  })
})

describe('where verdicts leave an approval', () => {
  it('takes as many people as it has seats', () => {
    expect(tally(2, [])).toBe('pending')
    expect(tally(2, [approve('a')])).toBe('pending')
    expect(tally(2, [approve('a'), approve('b')])).toBe('approved')
  })

  it('counts people, not verdicts', () => {
    expect(tally(2, [approve('a'), approve('a')])).toBe('pending')
  })

  it('one rejection ends it, whatever was approved', () => {
    expect(tally(2, [approve('a'), approve('b'), { personId: 'c', answer: 'reject' }])).toBe('rejected')
  })
})
