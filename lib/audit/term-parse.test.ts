import { describe, expect, it } from 'vitest'
import { MOST_CHARACTERS, MOST_TERMS, MOST_VALUES, parseTerms } from './term-parse'
import type { Term } from './term'

const terms = (text: string): Term[] => {
  const read = parseTerms(text)
  if (!read.ok) throw new Error(`${text}: ${read.problems.map(({ says }) => says).join(' ')}`)
  return [...read.terms]
}
const exact = (field: string, ...texts: string[]) => ({
  type: 'field',
  field,
  negated: false,
  values: texts.map((text) => ({ is: 'exact', text })),
})

describe('what the bar reads', () => {
  it('takes the query of the specification', () => {
    expect(
      terms(
        'agent:soc-triage outcome:forbid action:edr.* -env:test owner:dana reason:never amount:>1000 "isolated host"',
      ),
    ).toEqual([
      exact('agent', 'soc-triage'),
      exact('outcome', 'forbid'),
      { type: 'field', field: 'action', negated: false, values: [{ is: 'glob', text: 'edr.*' }] },
      { ...exact('env', 'test'), negated: true },
      exact('owner', 'dana'),
      exact('reason', 'never'),
      {
        type: 'field',
        field: 'amount',
        negated: false,
        values: [{ is: 'range', from: 1000, to: null, fromIncluded: false, toIncluded: false }],
      },
      { type: 'text', negated: false, text: 'isolated host' },
    ])
  })

  it.each([
    ['agent:(a1 OR "b c")', [exact('agent', 'a1', 'b c')]],
    ['  agent:a1\tagent:b2 ', [exact('agent', 'a1'), exact('agent', 'b2')]],
    ['by:“Noor Halvorsen”', [exact('by', 'Noor Halvorsen')]],
    ['„isolated“', [{ type: 'text', negated: false, text: 'isolated' }]],
    ['fin-lt-0398', [{ type: 'text', negated: false, text: 'fin-lt-0398' }]],
    ['-"a \\"b\\" c"', [{ type: 'text', negated: true, text: 'a "b" c' }]],
    ['resource:"host/*"', [exact('resource', 'host/*')]],
    ['resource:"a\\u{200b}b"', [exact('resource', 'a\u200bb')]],
    ['', []],
  ])('reads %s', (text, expected) => expect(terms(text)).toEqual(expected))

  it.each([
    ['5', 5, 5, true, true],
    ['-5', -5, -5, true, true],
    ['>=0.5', 0.5, null, true, false],
    ['<5', null, 5, false, false],
    ['<=5', null, 5, false, true],
    ['1..5', 1, 5, true, true],
    ['1..', 1, null, true, false],
    ['..5', null, 5, false, true],
    ['>1..<5', 1, 5, false, false],
  ])('reads amount:%s as a range', (text, from, to, fromIncluded, toIncluded) =>
    expect(terms(`amount:${text}`)[0]).toMatchObject({ values: [{ is: 'range', from, to, fromIncluded, toIncluded }] }),
  )
})

describe('what cannot be read is named where it stands, with what to do', () => {
  it.each([
    ['agnet:x', 'agnet', /Is agent meant/, 'agent'],
    ['actor:dana', 'actor', /Is by meant/, 'by'],
    ['colour:red', 'colour', /No field is called colour/, undefined],
    ['since:yesterday', 'since:', /The time is not in the bar/, undefined],
    ['outcome:denied', 'denied', /Is forbid meant/, 'forbid'],
    ['outcome:purple', 'purple', /one of: allow, hold, forbid/, undefined],
    ['outcome:for*', 'for*', /takes no \*/, undefined],
    ['agent:a AND agent:b', 'AND', /always joined by AND/, ''],
    ['agent:a or agent:b', 'or', /values of one field only/, undefined],
    ['NOT env:test', 'NOT', /hyphen before it/, undefined],
    ['(agent:a OR agent:b)', '(', /Parentheses hold the values/, undefined],
    ['agent:(a b)', 'b', /Between two values write OR/, undefined],
    ['agent:(a OR )', '(a OR )', /another value is missing/, undefined],
    ['agent:()', '()', /Nothing stands/, undefined],
    ['agent:(a OR b', '(a OR b', /never closed/, '(a OR b)'],
    ['agent:(-a OR b)', '-', /stands before the field/, undefined],
    ['agent:a,', ',', /no comma/, ' OR'],
    ['agent:', 'agent:', /right after the colon/, undefined],
    ['agent: soc', 'agent:', /right after the colon/, undefined],
    ['agent：soc', '：', /full-width colon/, ':'],
    ['agent:（a）', '（', /full-width parenthesis/, '('],
    ['–env:test', '–', /hyphen of the keyboard/, '-'],
    ['"isolated', '"isolated', /never closed/, '"isolated"'],
    ['""', '""', /Nothing stands between/, undefined],
    ['agent:so\u200bc', '\u200b', /nobody can see stands here \(U\+200B\)/, ''],
    ['agent:a"b"', '"', /Put a space/, undefined],
    ['amount:lots', 'lots', /amount is a number/, undefined],
    ['amount:"5"', '"5"', /without quotes/, '5'],
    ['amount:5..1', '5..1', /ends before it begins/, '1..5'],
    ['amount:1e999', '1e999', /amount is a number/, undefined],
    ['amount>1000', 'amount>1000', /followed by a colon/, 'amount:>1000'],
    ['agent=soc', 'agent=soc', /followed by a colon/, 'agent:soc'],
    ['owner', 'owner', /owner is a field/, '"owner"'],
    ['fin-*', 'fin-*', /Between quotes it is itself/, '"fin-*"'],
    ['agent:>5', '>5', /is no number/, undefined],
    ['by:CORP\\dana', '\\d', /A backslash stands before/, '\\\\d'],
    ['by:"\\u{0}"', '\\u{0}', /no such character/, undefined],
    ['-', '-', /right after the hyphen/, undefined],
  ])('%s', (text, marked, says, instead) => {
    const read = parseTerms(text)
    expect(read.ok).toBe(false)
    if (read.ok) return
    const [problem] = read.problems
    expect(text.slice(problem.at, problem.at + problem.length)).toBe(marked)
    expect(problem.says).toMatch(says)
    expect(problem.says).toMatch(/[.?)]$/)
    expect(problem.instead).toBe(instead)
  })

  it('names every place, not only the first', () => {
    const read = parseTerms('agnet:a outcome:denied agent:b colour:red')
    expect(read.ok ? [] : read.problems.map(({ at }) => at)).toEqual([0, 16, 31])
  })

  it('has limits, and says them', () => {
    const most = Array.from({ length: MOST_TERMS }, () => 'agent:a').join(' ')
    expect(parseTerms(most).ok).toBe(true)
    expect(parseTerms(`${most} agent:a`).ok).toBe(false)
    const values = (count: number) => `id:(${Array.from({ length: count }, (_, at) => `a${at}`).join(' OR ')})`
    expect(parseTerms(values(MOST_VALUES)).ok).toBe(true)
    expect(parseTerms(values(MOST_VALUES + 1)).ok).toBe(false)
    expect(parseTerms('a'.repeat(MOST_CHARACTERS)).ok).toBe(true)
    expect(parseTerms('a'.repeat(MOST_CHARACTERS + 1)).ok).toBe(false)
  })
})
