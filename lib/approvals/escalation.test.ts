import { describe, expect, test } from 'vitest'
import { escalationsOf, readLater, ruleAt } from './escalation'
import { mayTakeSeat, readSeatRule, seatRule, type Answerer } from './seat'

const HOUR = 3_600_000
const at = (hours: number) => new Date(hours * HOUR)
const rule = {
  ...seatRule('action', { ownerId: 'owner' }),
  asked: [['team:a'], ['ciso']],
  later: [{ after: 2 * HOUR, to: ['analyst'], seats: [0] }],
}
const analyst: Answerer = {
  id: 'x',
  email: 'x@example.com',
  roles: ['analyst'],
  onCall: false,
  team: null,
  active: true,
}

describe('who may answer as well', () => {
  test('may not before the step is due, is told so, and may from that moment on, whatever job has run', () => {
    const may = (hours: number) => mayTakeSeat(ruleAt(rule, at(0), at(hours)), 2, [], analyst, 'approve')
    expect(may(1.999)).toEqual({ ok: false, reason: 'not_yet' })
    expect(may(2)).toEqual({ ok: true, seat: 0 })
    expect(may(5)).toEqual({ ok: true, seat: 0 })
  })

  test('gets the seats the step names, and no other', () => {
    const given = [{ personId: 'y', answer: 'approve' as const, seat: 0 }]
    expect(mayTakeSeat(ruleAt(rule, at(0), at(3)), 2, given, analyst, 'approve')).toMatchObject({ ok: false })
  })

  test('is nobody where steps that are stored cannot be read', () => {
    const stored = [{ after: '1', to: ['analyst'], seats: [0] }, null, { after: 1, to: 'analyst', seats: [0] }]
    expect(readLater(stored)).toEqual([])
    const read = readSeatRule({ ...rule, later: stored })
    expect(mayTakeSeat(ruleAt(read, at(0), at(9)), 2, [], analyst, 'approve')).toMatchObject({ ok: false })
  })
})

test('what is told, and when: each step of the rule, or whoever is on call and the cisos at three quarters of the time', () => {
  const span = { openedAt: at(0), expiresAt: at(4) }
  expect(escalationsOf(rule, span)).toEqual([{ step: 0, at: at(2), to: ['analyst'], seated: true }])
  expect(escalationsOf({}, span)).toEqual([{ step: 0, at: at(3), to: ['on_call', 'ciso'], seated: false }])
})

test('seats in order: who comes later reads which seat is first, rejects at once, and is let in when it is taken', () => {
  const chain = { ...rule, asked: [['ciso'], ['team:b'], ['analyst']], follows: [null, 0, 1], later: [] }
  const first = { personId: 'y', answer: 'approve' as const, seat: 0 }
  const second = { personId: 'z', answer: 'approve' as const, seat: 1 }
  expect(mayTakeSeat(chain, 3, [], analyst, 'approve')).toEqual({ ok: false, reason: 'seat_before', first: 0 })
  expect(mayTakeSeat(chain, 3, [first], analyst, 'approve')).toEqual({ ok: false, reason: 'seat_before', first: 1 })
  expect(mayTakeSeat(chain, 3, [], analyst, 'reject')).toMatchObject({ ok: true })
  expect(mayTakeSeat(chain, 3, [first, second], analyst, 'approve')).toEqual({ ok: true, seat: 2 })
})

test('an order that is stored and cannot be read lets nobody approve', () => {
  for (const follows of ['0', [{}], [7]]) {
    const read = readSeatRule({ ...rule, asked: [['analyst']], follows })
    expect(mayTakeSeat(read, 1, [], analyst, 'approve')).toMatchObject({ ok: false })
  }
})
