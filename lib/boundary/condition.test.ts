import { describe, expect, test } from 'vitest'
import type { JsonObject } from '@/lib/core/json'
import { jsonSize } from '@/lib/core/json'
import { compileCondition, type ConditionInput } from './condition'

const NOW = Date.UTC(2027, 2, 31, 9, 30)

function ask(text: string, args: JsonObject = {}, change: Partial<ConditionInput> = {}) {
  const compiled = compileCondition(text)
  if ('problem' in compiled) throw new Error(compiled.problem.message)
  const input = {
    args,
    agent: { name: 'support-triage', environment: 'production', team: 'support' },
    run: { id: null, tainted: false },
    resource: null,
    subject: null,
    now: NOW,
    ...change,
  }
  return compiled.condition.test(input, () => jsonSize(args))
}

describe('a condition', () => {
  test.each<[text: string, args: JsonObject, answer: boolean | 'error']>([
    ['true', {}, true],
    ['args.amount > 100', { amount: 120 }, true],
    ['args.amount > 100', { amount: 99.5 }, false],
    ['args.amount == 120', { amount: 120 }, true],
    ['args.amount >= 1 && args.currency in ["EUR", "USD"]', { amount: 1, currency: 'EUR' }, true],
    ['args.to.all(t, t.endsWith("@example.com"))', { to: ['a@example.com', 'b@example.com'] }, true],
    ['args.to.all(t, t.endsWith("@example.com"))', { to: ['a@example.com', 'b@evil.test'] }, false],
    ['args.to.exists(t, t.lowerAscii().endsWith(".test"))', { to: ['a@EVIL.TEST'] }, true],
    ['size(args.to) > 1', { to: ['a'] }, false],
    ['has(args.cc)', { cc: null }, false],
    ['has(args.cc)', {}, false],
    ['args.cc == null', { cc: null }, true],
    ['args.path.matches("^/srv/[a-z]+$")', { path: '/srv/app' }, true],
    ['args.nested.list[1].name == "x"', { nested: { list: [{}, { name: 'x' }] } }, true],
    ['args["odd key"] == 1', { 'odd key': 1 }, true],
    ['agent.environment == "production" && agent.team == "support"', {}, true],
    ['now.getHours() == 9 && now < timestamp("2027-04-01T00:00:00Z")', {}, true],
    ['now.getDayOfWeek("Europe/Vienna") == 3', {}, true],
    // what it cannot tell
    ['args.missing == 1', {}, 'error'],
    ['args.amount > 100', { amount: 'many' }, 'error'],
    ['args.flag', { flag: 'yes' }, 'error'],
    ['resource.type == "order"', {}, 'error'],
    ['args.toString == null', {}, 'error'],
    ['args.__proto__ == null', {}, 'error'],
    // one side decides whatever the other cannot tell
    ['args.missing == 1 || true', {}, true],
    ['args.missing == 1 && false', {}, false],
  ])('%s of %j is %s', (text, args, answer) => {
    expect(ask(text, args)).toBe(answer)
  })

  test('looks at the resource when there is one', () => {
    expect(
      ask('resource.type == "order" && resource.id.startsWith("A-")', {}, { resource: { type: 'order', id: 'A-17' } }),
    ).toBe(true)
  })

  test('gives up on arguments too large to look at, instead of on time', () => {
    const many = { to: Array.from({ length: 30_000 }, () => 'a@example.com') }
    expect(ask('args.to.all(t, t.endsWith("@example.com"))', many)).toBe('error')
    const some = { to: Array.from({ length: 1000 }, (_, i) => i) }
    expect(ask('args.to.all(t, t >= 0)', some)).toBe(true)
    expect(ask('args.to.all(t, args.to.all(u, u >= 0 || t >= 0))', some)).toBe('error')
    expect(ask('args.body.matches("(a|aa|aaa){1,30}$")', { body: 'a'.repeat(200_000) })).toBe('error')
  })
})

describe('what is no condition', () => {
  test.each<[text: string, problem: RegExp]>([
    ['', /not CEL/],
    ['args.a ==', /not CEL.*at its character/],
    ['args.a = 1', /not CEL/],
    ['arg.a == 1', /"arg" is not known/],
    ['args.to.all(t, u == 1)', /"u" is not known/],
    ['lower(args.a) == "x"', /no function "lower"/],
    ['args.a.replace("a", "b") == "x"', /no function "replace"/],
    ['1', /true or false/],
    ['"yes"', /true or false/],
    ['args.amount + 1', /true or false/],
    ['size(args.to)', /true or false/],
    ['[true]', /true or false/],
    ['args.a.matches(args.b)', /must be written out/],
    ['args.a.matches("(")', /not RE2/],
    ['args.a.matches("(?<=a)b")', /not RE2/],
    ['args.a.matches("a{1,900}")', /at most 32 times/],
    [`args.a.matches("${'a'.repeat(201)}")`, /at most 200 characters/],
    ['args.a.all(b, b.all(c, c.all(d, true)))', /loops/],
    [`args.a == "${'x'.repeat(1000)}"`, /at most 1000 characters/],
    [`${'('.repeat(400)}true${')'.repeat(400)}`, /too deeply/],
    [`${'1<2||'.repeat(190)}true`, /too large/],
    ['google.protobuf.Int32Value{value: 1} == 1', /Protobuf|not known/],
  ])('%#: %.40s', (text, problem) => {
    const compiled = compileCondition(text)
    expect('problem' in compiled ? compiled.problem.message : 'accepted').toMatch(problem)
  })
})
