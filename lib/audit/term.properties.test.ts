import { describe, expect, test } from 'vitest'
import { CHOICES } from './term-choices'
import { asksFor, filterFor, filterOut, toggled, withoutTerm } from './term-edit'
import { completed, completing } from './term-complete'
import { parseTerms } from './term-parse'
import { printTerm, printTerms } from './term-print'
import { FIELDS, type Field, type Term, type Value } from './term'

const ROUNDS = 4_000

/** Numbers from a seed (mulberry32), so that a failure can be had again. */
function seeded(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (most: number) => Math.floor(next() * most)
  return { below, chance: (p: number) => next() < p, pick: <T>(list: readonly T[]): T => list[below(list.length)] as T }
}
type Random = ReturnType<typeof seeded>

const FIELD_NAMES = Object.keys(FIELDS) as Field[]
/** Everything that could trip a reader: quotes of every kind, signs, spaces, look-alikes, what nobody sees, pictures. */
const AWKWARD = [
  ...'abz09_-.,:;/\\"“”„()*<>=@#+~|&!?\'` \t\n',
  ...'：（）＊＞＜＂－…–—−éßłΩж東한',
  ...[
    '\u200b',
    '\u202e',
    '\u00a0',
    '\u3000',
    '\ufeff',
    '\u3164',
    '\ufe0f',
    '\u0301',
    '\ue000',
    '\u{e0041}',
    '🤖',
    'OR',
    'AND',
    'not',
    '..',
    '\\u{41}',
    'agent:',
  ],
]

const someText = (random: Random): string =>
  Array.from({ length: 1 + random.below(9) }, () => random.pick(AWKWARD)).join('')

const someNumber = (random: Random): number =>
  random.pick([0, 1, -1, 0.5, 1000, -2.25, 1e21, 1e-7, Number.MAX_SAFE_INTEGER, random.below(9999) / 7])

function someValue(random: Random, field: Field): Value {
  if (FIELDS[field].form === 'choice') return { is: 'exact', text: random.pick(CHOICES[field] ?? []) }
  if (FIELDS[field].form === 'name') {
    return random.chance(0.7)
      ? { is: 'exact', text: someText(random) }
      : { is: 'glob', text: `${random.chance(0.5) ? someText(random).replaceAll('*', '') : ''}*${someText(random)}` }
  }
  const [a, b] = [someNumber(random), someNumber(random)]
  const [from, to] = [Math.min(a, b), Math.max(a, b)]
  const included = { fromIncluded: random.chance(0.5), toIncluded: random.chance(0.5) }
  return random.pick<Value>([
    { is: 'range', from, to, ...included },
    { is: 'range', from, to: null, ...included, toIncluded: false },
    { is: 'range', from: null, to, ...included, fromIncluded: false },
    { is: 'range', from, to: from, fromIncluded: true, toIncluded: true },
  ])
}

function someTerm(random: Random): Term {
  const negated = random.chance(0.3)
  if (random.chance(0.3)) return { type: 'text', negated, text: someText(random) }
  const field = random.pick(FIELD_NAMES)
  const rest = Array.from({ length: random.chance(0.3) ? random.below(4) : 0 }, () => someValue(random, field))
  return { type: 'field', field, negated, values: [someValue(random, field), ...rest] }
}

const someTerms = (random: Random): Term[] => Array.from({ length: random.below(5) }, () => someTerm(random))

/** What somebody might really type: terms, with anything put, dropped or doubled anywhere. */
function someTyping(random: Random): string {
  let text = random.chance(0.2) ? someText(random) : printTerms(someTerms(random))
  for (let edit = random.below(4); edit > 0; edit -= 1) {
    const at = random.below(text.length + 1)
    text = text.slice(0, at) + (random.chance(0.6) ? random.pick(AWKWARD) : '') + text.slice(at + random.below(3))
  }
  return text
}

describe('text and terms', () => {
  test('terms come back from their text exactly, whatever they hold', () => {
    const random = seeded(6)
    for (let round = 0; round < ROUNDS; round += 1) {
      const terms = someTerms(random)
      const text = printTerms(terms)
      expect(parseTerms(text), text).toEqual({ ok: true, terms })
    }
  })

  test('any text is read, and means the same when it is written again, or is refused with places inside it', () => {
    const random = seeded(7)
    let read = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const text = someTyping(random)
      const first = parseTerms(text)
      if (first.ok) {
        read += 1
        expect(parseTerms(printTerms(first.terms)), text).toEqual(first)
      } else {
        for (const { at, length, says } of first.problems) {
          expect(at >= 0 && length > 0 && at < Math.max(text.length, 1), `${text}: ${says}`).toBe(true)
        }
      }
    }
    expect(read).toBeGreaterThan(ROUNDS / 10)
    expect(read).toBeLessThan(ROUNDS)
  })

  test('a text that is written shows every character: nothing in it is invisible', () => {
    const random = seeded(8)
    for (let round = 0; round < ROUNDS; round += 1)
      expect(printTerms(someTerms(random))).not.toMatch(/\p{C}|[^\S ]|\u3164|\ufe0f/u)
  })

  test('taking one chip away leaves the others as they were', () => {
    const random = seeded(9)
    for (let round = 0; round < ROUNDS; round += 1) {
      const terms = [...someTerms(random), someTerm(random)]
      const at = random.below(terms.length)
      const rest = terms.filter((_, place) => place !== at)
      expect(printTerms(withoutTerm(terms, at))).toBe(rest.map(printTerm).join(' '))
    }
  })

  test('a value that is filtered for or out is asked for so, and ticking twice changes nothing', () => {
    const random = seeded(10)
    const names = FIELD_NAMES.filter((field) => FIELDS[field].form === 'name')
    for (let round = 0; round < ROUNDS; round += 1) {
      const [terms, field, value] = [someTerms(random), random.pick(names), someText(random)]
      const only = filterFor(terms, field, value)
      expect(asksFor(only, field, value)).toBe(true)
      expect(only.filter((term) => term.type === 'field' && term.field === field && !term.negated)).toHaveLength(1)
      const out = filterOut(terms, field, value)
      expect(asksFor(out, field, value)).toBe(false)
      const parsed = parseTerms(printTerms(out))
      expect(parsed.ok && parsed.terms).toEqual(out)
      if (!asksFor(terms, field, value)) expect(asksFor(toggled(terms, field, value), field, value)).toBe(true)
      else expect(asksFor(toggled(terms, field, value), field, value)).toBe(false)
    }
  })

  test('a completed value reads as exactly that value', () => {
    const random = seeded(11)
    for (let round = 0; round < ROUNDS; round += 1) {
      const value = someText(random)
      const typed = `outcome:hold resource:${random.pick(['', 'x', '"x y', '(a OR ', '(a OR b'])}`
      const place = completing(typed, typed.length)
      expect(place).toMatchObject({ kind: 'value', field: 'resource' })
      if (place === null) continue
      const { text, caret } = completed(typed, place, value)
      const read = parseTerms(`${text.slice(0, caret)}${typed.includes('(') ? ')' : ''}`)
      expect(read.ok && read.terms[1], text).toMatchObject({
        values: expect.arrayContaining([{ is: 'exact', text: value }]),
      })
    }
  })
})
