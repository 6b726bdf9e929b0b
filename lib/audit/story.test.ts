import { describe, expect, it } from 'vitest'
import { ACTION_STATES } from '@/lib/decisions/decision'
import { endWords, sayTook } from './story'

it.each([
  [6, '6 ms'],
  [1_400, '1.4 s'],
  [538_000, '8 min 58 s'],
  [3_600_000 * 3 + 5 * 60_000, '3 h 5 min'],
  [-3, '0 ms'],
])('says that %i ms took %s', (ms, words) => {
  expect(sayTook(ms)).toBe(words)
})

describe('what became of an action', () => {
  it('has a sentence of its own for every state', () => {
    const words = Object.keys(ACTION_STATES).map((status) =>
      endWords({ status, frozen: false, outcome: null, steps: [], decided: { decision: 'hold' } as never }),
    )
    // `proposed` is over before anybody can look, and shares its words with `unknown`
    expect(new Set(words).size).toBe(words.length - 1)
  })

  it('tells a grant that was never used from a person who never answered', () => {
    const expired = { status: 'expired', frozen: false, outcome: null, steps: [] }
    expect(endWords({ ...expired, decided: { decision: 'allow' } as never })).toMatch(/never began/)
    expect(endWords({ ...expired, decided: { decision: 'hold' } as never })).toMatch(/nobody answered/)
  })

  it('does not say of a call within which its server asked back that it was done', () => {
    const asked = { kind: 'action.asked_back', at: '', entry: '', labels: ['elicitation'] } as const
    const story = { status: 'succeeded', frozen: false, outcome: null, decided: { decision: 'allow' } as never }
    expect(endWords({ ...story, steps: [] })).toBe('did it')
    expect(endWords({ ...story, steps: [asked] })).toMatch(/asked back/)
  })
})
