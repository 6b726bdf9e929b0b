import { describe, expect, test } from 'vitest'
import { compileCondition } from './condition'
import { typeProblem } from './condition-types'

const SCHEMA = {
  type: 'object',
  properties: {
    amount: { type: 'number' },
    currency: { type: 'string' },
    to: { type: 'array', items: { type: 'string' } },
    flag: { type: 'boolean' },
    order: { type: 'object', properties: { id: { type: 'string' } }, additionalProperties: false },
    extra: { type: 'object' },
    any: { anyOf: [{ type: 'string' }, { type: 'number' }] },
  },
}

describe('a condition that can work says nothing', () => {
  test.each([
    'args.amount > 100',
    'args.amount * 2.0 > 100.0',
    'args.currency in ["EUR", "USD"]',
    'args.to.all(t, t.endsWith("@example.com"))',
    'args.to.exists_one(t, t == "a")',
    'size(args.to) > 1 && size(args.currency) == 3',
    'has(args.amount) && args.flag',
    'args.order.id.startsWith("A-")',
    'args.extra.whatever == 1',
    'args.any > 3 || args.any == "x"',
    'args["amount"] > 1',
    'args.amount == null',
    'resource != null && resource.type == "order"',
    'run.tainted || agent.team == "x"',
    'now > timestamp("2027-01-01T00:00:00Z")',
    'now - timestamp("2027-01-01T00:00:00Z") > duration("1h")',
    'now.getHours() >= 8',
    'args.currency.lowerAscii().split("-")[0] == "eur"',
    'args.flag ? args.amount > 1 : args.amount > 2',
  ])('%s', (text) => {
    expect(compileCondition(text)).toHaveProperty('condition')
    expect(typeProblem(text, SCHEMA)).toBeNull()
  })
})

describe('a condition that never can says why, and what was meant', () => {
  test.each([
    ['args.ammount > 100', 'args has no “ammount”. Did you mean “amount”?'],
    ['has(args.amnt)', 'args has no “amnt”.'],
    ['args["nothing"] == 1', 'args has no “nothing”.'],
    ['args.amount > "100"', 'args.amount (a number) is compared with text.'],
    ['args.currency == 1', 'args.currency (text) is compared with a whole number.'],
    ['args.amount * 2 > 1.0', 'write 2.0 rather than 2'],
    ['args.currency.amount > 1', 'args.currency is text, which has no “amount”.'],
    ['args.amount.startsWith("1")', 'args.amount is a number, and startsWith() is for text.'],
    ['args.flag && args.amount', 'args.amount is a number, not true or false.'],
    ['args.amount.all(x, true)', 'only lists and objects can be gone through'],
    ['args.to.all(t, t > 1)', 'is compared with a whole number'],
    ['args.order.nr == "1"', 'args.order has no “nr”.'],
    ['args.currency in [1, 2]', 'is looked for in a list of a whole number'],
    ['args.currency', 'It answers text, and must answer true or false.'],
    ['agent.nme == "x"', 'agent has no “nme”. Did you mean “name”?'],
    ['resource.type == 5', 'resource.type (text) is compared with a whole number.'],
    ['run.tainted == "yes"', 'run.tainted (true or false) is compared with text.'],
    ['now > 5', 'now (a moment) is compared with a whole number.'],
  ])('%s', (text, words) => {
    expect(compileCondition(text)).toHaveProperty('condition')
    expect(typeProblem(text, SCHEMA)).toContain(words)
  })
})

test('without a schema arguments may be anything, and the rest is checked all the same', () => {
  expect(typeProblem('args.ammount > "x"', null)).toBeNull()
  expect(typeProblem('agent.nme == "x"', null)).toContain('agent has no')
})

test('what a client answers in another round of its call may be asked about, whatever the schema has', () => {
  expect(
    typeProblem('has(args.mcp_continuation) && args.mcp_continuation.answers.a.action == "accept"', SCHEMA),
  ).toBeNull()
  expect(typeProblem('args.mcp_continuations.answers == 1', SCHEMA)).toContain('args has no')
})
