import { describe, expect, test } from 'vitest'
import { atLeast, stakesAt, stakesLevel, type StakesFacts } from './stakes'
import { STAKES } from './stakes-order'

const facts = (given: Partial<StakesFacts>): StakesFacts => ({
  class: { access: 'write', reversible: true },
  surface: null,
  codes: ['approval_required'],
  guarded: false,
  ...given,
})

describe('how much is at stake', () => {
  test.each([
    ['a write inside that can be undone', {}, 'low'],
    ['a read', { class: { access: 'read' } }, 'low'],
    ['a write of which nobody said that it can be undone', { class: { access: 'write' } }, 'high'],
    ['a tool nobody classed', { class: null }, 'high'],
    ['a command nobody classed', { class: null, surface: 'commands' }, 'high'],
    ['a change of code', { class: null, surface: 'code' }, 'medium'],
    ['reading a file', { class: null, surface: 'data' }, 'low'],
    ['what a customer sees', { class: { access: 'write', reversible: true, audience: 'customer' } }, 'medium'],
    ['production', { class: { access: 'write', reversible: true, production: true } }, 'high'],
    ['money that cannot be taken back', { class: { access: 'write', spends: true } }, 'critical'],
    ['a protected resource', { guarded: true }, 'high'],
    ['a protected resource that cannot be put back', { class: { access: 'write' }, guarded: true }, 'critical'],
    ['a limit that is used up', { codes: ['limit_reached'] }, 'medium'],
    ['content nobody vouches for', { codes: ['untrusted_content'] }, 'medium'],
    [
      'money after such content',
      { class: { access: 'write', reversible: true, spends: true }, codes: ['untrusted_content'] },
      'critical',
    ],
  ] as const)('%s is %s', (_, given, level) => {
    expect(stakesLevel(facts(given as Partial<StakesFacts>))).toBe(level)
  })

  test('nothing more that is known makes it lower', () => {
    for (const surface of [null, 'code', 'commands', 'data'] as const)
      for (const known of [
        null,
        { access: 'read' },
        { access: 'write' },
        { access: 'write', reversible: true },
      ] as const) {
        const plain = stakesLevel(facts({ surface, class: known }))
        expect(atLeast(stakesLevel(facts({ surface, class: known, guarded: true })), plain)).toBe(true)
        expect(atLeast(stakesLevel(facts({ surface, class: known, codes: ['untrusted_content'] })), plain)).toBe(true)
      }
  })

  test('a place this version does not know is critical', () => {
    expect([0, 1, 2, 3].map(stakesAt)).toEqual([...STAKES])
    expect(stakesAt(4)).toBe('critical')
  })
})
