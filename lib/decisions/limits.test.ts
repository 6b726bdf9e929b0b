import { describe, expect, test } from 'vitest'
import type { JsonObject } from '@/lib/core/json'
import type { CatalogueTool } from '@/lib/tools/tool'
import { evaluate } from './evaluate'
import { capsOf, spendOf } from './limits'
import { boundaryOf, factsFor, NOW } from './testing'

const PAYS: CatalogueTool = { name: 'shop.refund', class: { access: 'write', reversible: true, spends: true } }
const SOURCE = (limits: string) =>
  `agent: shopper\nautonomous:\n  - {tool: shop.refund, override: small amounts}\nlimits: {${limits}}`

function asked(limits: string, args: JsonObject, used: Record<string, number> = {}, openedAt: number | null = null) {
  const facts = factsFor(boundaryOf(SOURCE(limits)), 'shop.refund', { tool: PAYS })
  const { decision, reason } = evaluate({
    ...facts,
    action: { ...facts.action, arguments: args },
    run: { ...facts.run, openedAt },
    used: { ...facts.used, ...used },
  })
  return [decision, reason.code, reason.rule]
}
const reached = (name: string) => ['hold', 'limit_reached', `limits.${name}`]
const euros = (amount: JsonObject[string]) => ({ amount, currency: 'EUR' })

describe('money', () => {
  test('runs alone up to the limit, this call included, and not a ten-thousandth more', () => {
    expect(asked('spend_per_day: 100 EUR', euros(100))[0]).toBe('allow')
    expect(asked('spend_per_day: 100 EUR', euros('100.00'))[0]).toBe('allow')
    expect(asked('spend_per_day: 100 EUR', euros(100.0001))).toEqual(reached('spend_per_day'))
    expect(asked('spend_per_day: 100 EUR', euros(0.3), { 'spend:EUR:day': 999_000 })[0]).toBe('hold')
    expect(asked('spend_per_day: 100 EUR', euros(0.1), { 'spend:EUR:day': 999_000 })[0]).toBe('allow')
  })

  test.each([
    ['in another currency', { amount: 1, currency: 'USD' }],
    ['without a currency', { amount: 1 }],
    ['without an amount', { currency: 'EUR' }],
    ['of a negative amount', euros(-5)],
    ['written so that nobody can read it', euros('1e2')],
    ['of no number', euros(null)],
  ])('%s asks a person', (_, args) => {
    expect(asked('spend_per_day: 100 EUR', args)).toEqual(reached('spend_per_day'))
  })

  test('of a tool nobody classed counts where its arguments name an amount; what a person classed as not spending never does', () => {
    expect(spendOf(null, euros(3))).toEqual({ amount: 3, currency: 'EUR' })
    expect(spendOf(null, { q: 1 })).toBeNull()
    expect(spendOf({ name: 'a.b', class: { access: 'read' } }, euros(3))).toBeNull()
  })

  test('is counted under the strictest of two limits, and apart for each currency', () => {
    const limits = [
      boundaryOf(SOURCE('spend_per_day: 100 EUR, calls_per_day: 9')).limits,
      { spend_per_day: { amount: 50, currency: 'EUR' } },
    ]
    expect(capsOf(limits, PAYS, euros(20.5))).toEqual([
      { window: 'day', cap: 9, amount: 1 },
      { window: 'spend:EUR:day', cap: 500_000, amount: 205_000 },
    ])
  })
})

describe('tokens and runs', () => {
  test('a call waits once the tokens are used up', () => {
    expect(asked('tokens_per_hour: 1000', {}, { 'tokens:hour': 999 })[0]).toBe('allow')
    expect(asked('tokens_per_hour: 1000', {}, { 'tokens:hour': 1000 })).toEqual(reached('tokens_per_hour'))
  })

  test('a run that has gone on for longer than it may decides nothing more alone', () => {
    expect(asked('run_length: 2h', {}, {}, NOW - 7_199_999)[0]).toBe('allow')
    expect(asked('run_length: 2h', {}, {}, NOW - 7_200_000)).toEqual(reached('run_length'))
    expect(asked('run_length: 2h', {})[0]).toBe('allow')
  })
})
