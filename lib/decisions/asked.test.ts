import { describe, expect, test } from 'vitest'
import type { AskingRule } from '@/lib/boundary/boundary'
import { askedFor, MOST_SEATS } from './asked'

const rule = (rest: Partial<AskingRule> = {}): AskingRule => ({ tool: 'x', when: null, reason: null, ...rest })
const HOUR = 3_600_000
const ask = (rules: readonly (string | null)[], boundary: AskingRule[], baseline: AskingRule[] = []) =>
  askedFor(
    rules.map((each) => ({ rule: each })),
    { boundary, baseline },
  )

describe('whom a held action asks', () => {
  test('is one analyst, for a day, where no rule says anything', () => {
    expect(ask([null, 'mcp_scopes.crm', 'approval_required[0]'], [rule()])).toEqual({
      asked: [['analyst']],
      waitMs: 24 * HOUR,
    })
  })

  test('is whom the rule names, as many as it says, for as long as it says', () => {
    const named = rule({ by: ['team:payments', 'ciso'], approvals: 2, within: 4 * HOUR })
    expect(ask(['approval_required[0]', null], [named])).toEqual({
      asked: [
        ['ciso', 'team:payments'],
        ['ciso', 'team:payments'],
      ],
      waitMs: 4 * HOUR,
    })
  })

  test('is asked once for rules that ask the same, with the larger number, and apart for those that ask others', () => {
    const rules = [
      rule({ by: ['ciso'] }),
      rule({ by: ['ciso'], approvals: 2, within: 2 * HOUR }),
      rule({ by: ['owner'] }),
    ]
    expect(ask(['approval_required[0]', 'approval_required[1]', 'approval_required[2]'], rules)).toEqual({
      asked: [['ciso'], ['ciso'], ['owner']],
      waitMs: 2 * HOUR,
    })
  })

  test('is somebody for the baseline as well, whomever the boundary asks', () => {
    expect(
      ask(['approval_required[0]', 'baseline.approval_required[0]'], [rule({ by: ['owner'] })], [rule()]).asked,
    ).toEqual([['owner'], ['analyst']])
  })

  test('is whom the baseline names, however many seats a boundary asks for', () => {
    const many = [rule({ by: ['owner'], approvals: 5 }), rule({ by: ['team:a'], approvals: 5 })]
    const places = ['approval_required[0]', 'approval_required[1]', 'baseline.approval_required[0]']
    const { asked } = ask(places, many, [rule({ by: ['ciso'], approvals: 2 })])
    expect(asked).toHaveLength(MOST_SEATS)
    expect(asked.filter(([one]) => one === 'ciso')).toHaveLength(2)
  })

  test('takes those of an order one after the other, and merges two rules that ask in the same order', () => {
    const order = rule({ by: ['owner', 'ciso'], in_order: true })
    const asked = ask(
      ['approval_required[0]', 'approval_required[1]', 'approval_required[2]'],
      [order, order, rule({ by: ['team:a'] })],
    )
    expect(asked).toMatchObject({ asked: [['owner'], ['ciso'], ['team:a']], follows: [null, 0, null] })
  })

  test('never leaves a seat out that another waits for, where there are more than can be asked', () => {
    const order = rule({ by: ['owner', 'ciso', 'analyst'], in_order: true })
    const places = [
      'approval_required[0]',
      'approval_required[1]',
      'approval_required[2]',
      'baseline.approval_required[0]',
    ]
    const many = [rule({ by: ['team:a'], approvals: 5 }), order, rule({ by: ['team:b'], approvals: 5 })]
    const { asked, follows } = ask(places, many, [rule({ by: ['ciso'], approvals: 2 })])
    expect(asked).toHaveLength(MOST_SEATS)
    for (const first of follows ?? []) expect(first === null || first >= 0).toBe(true)
  })

  test('asks later only whom all rules with the same people ask later, and as late as the latest of them', () => {
    const then = (after: number, ...to: 'ciso'[] | 'on_call'[]) => ({ escalate_to: to, after })
    const one = rule({ by: ['analyst'], then: [then(HOUR, 'ciso'), then(2 * HOUR, 'on_call')] })
    const other = rule({ by: ['analyst'], then: [then(3 * HOUR, 'ciso')] })
    expect(ask(['approval_required[0]', 'approval_required[1]'], [one, other]).later).toEqual([
      { after: 3 * HOUR, to: ['ciso'], seats: [0] },
    ])
    expect(
      ask(['approval_required[0]', 'approval_required[1]'], [one, rule({ by: ['analyst'] })]).later,
    ).toBeUndefined()
    expect(ask(['approval_required[0]', 'baseline.approval_required[0]'], [one], [rule()]).later).toBeUndefined()
  })

  test('asks nobody later than it expires', () => {
    const one = rule({ then: [{ escalate_to: ['ciso'], after: 3 * HOUR }] })
    const asked = ask(['approval_required[0]', 'approval_required[1]'], [one, rule({ within: 2 * HOUR })])
    expect(asked.later).toBeUndefined()
  })
})

test('a passkey that any rule asks for is asked for, the strictest of them', () => {
  expect(ask(['approval_required[0]'], [rule()])).not.toHaveProperty('passkey')
  expect(ask(['approval_required[0]', 'approval_required[1]'], [rule(), rule({ passkey: 'approve' })])).toMatchObject({
    passkey: 'approve',
  })
  expect(
    ask(
      ['approval_required[0]', 'baseline.approval_required[0]'],
      [rule({ passkey: 'approve' })],
      [rule({ passkey: 'both' })],
    ),
  ).toMatchObject({ passkey: 'both' })
  // a rule that did not hold this action asks nothing of it
  expect(ask(['approval_required[0]'], [rule(), rule({ passkey: 'both' })])).not.toHaveProperty('passkey')
})
