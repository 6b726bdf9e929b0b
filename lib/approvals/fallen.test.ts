import { expect, test } from 'vitest'
import { type Answered, type Fallen, fallenSince } from './fallen'
import { type Given, seatRule, tally } from './seat'

const rule = { ...seatRule('action'), asked: [['ciso'], ['analyst', 'on_call'], ['team:payments']] }
const dana: Answered = { active: true, email: 'dana@quillhaven.example', roles: ['ciso'], team: null }

test.each<[string, number | null, Partial<Answered>, Answered | undefined, Fallen | null]>([
  ['who still holds the role of their seat', 0, {}, undefined, null],
  ['who was deactivated', 0, { active: false }, undefined, 'deactivated'],
  ['who lost the role of their seat', 0, { roles: ['analyst'] }, undefined, 'role'],
  ['who became an administrator', 0, { roles: ['ciso', 'administrator'] }, undefined, 'role'],
  ['whose shift on call is over', 1, { roles: [] }, undefined, null],
  ['who left the team', 2, { team: 'refunds' }, undefined, 'role'],
  ['who is in the team', 2, { team: 'payments' }, undefined, null],
  ['for whom somebody active stood in', 0, { roles: [] }, dana, null],
  ['for whom somebody stood in, and who was deactivated', 0, {}, { ...dana, active: false }, 'deactivated'],
  ['for whom somebody stood in, and who lost the role', 0, {}, { ...dana, roles: [] }, 'role'],
])('of somebody %s', (_, seat, over, absent, expected) => {
  expect(fallenSince(rule, { answer: 'approve', seat }, { ...dana, ...over }, absent)).toBe(expected)
  expect(fallenSince(rule, { answer: 'reject', seat: null }, { ...dana, ...over }, absent)).toBeNull()
})

test('an approval that counts no more fills no seat, and a rejection always ends it', () => {
  const given = (personId: string, fallen: Fallen | null): Given => ({ personId, answer: 'approve', seat: 0, fallen })
  expect(tally(2, [given('a', null), given('b', 'role')])).toBe('pending')
  expect(tally(2, [given('a', null), given('b', 'role'), { personId: 'c', answer: 'approve' }])).toBe('approved')
  expect(tally(2, [{ personId: 'c', answer: 'reject' }])).toBe('rejected')
})
