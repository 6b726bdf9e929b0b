import { describe, expect, test } from 'vitest'
import { isFault } from './fault'
import { jsonSize, parseJson } from './json'

const LIMITS = { maxBytes: 1000, maxDepth: 8 }

function refusal(input: Uint8Array | string, limits = LIMITS) {
  try {
    parseJson(input, limits)
  } catch (error) {
    if (isFault(error)) return { code: error.code, field: error.field, detail: error.message }
    throw error
  }
  throw new Error('it was accepted')
}

const bytes = (...values: (number | string)[]) =>
  Buffer.concat(values.map((value) => (typeof value === 'string' ? Buffer.from(value) : Buffer.from([value]))))

describe('what is refused, and where', () => {
  const hostile: [what: string, input: Uint8Array | string, field: string | undefined, detail: RegExp][] = [
    ['nothing', '', undefined, /too early/],
    ['blanks', ' \n', undefined, /too early/],
    ['two values', '{} {}', undefined, /follows the end/],
    ['a trailing comma', '[1,]', '[1]', /Expected a JSON value/],
    ['a trailing comma in an object', '{"a":1,}', 'a', /double quotes/],
    ['a key without quotes', '{a:1}', undefined, /double quotes/],
    ['single quotes', "{'a':1}", undefined, /double quotes/],
    ['no colon', '{"a" 1}', 'a', /Expected ":"/],
    ['no comma', '[1 2]', '[0]', /Expected ","/],
    ['the wrong bracket', '[1}', '[0]', /Expected ","/],
    ['an open object', '{"a":1', 'a', /Expected ","/],
    ['an open string', '["a', '[0]', /not closed/],
    ['a raw line break in a string', '["a\nb"]', '[0]', /control character/],
    ['an escape of its own', '["\\x41"]', '[0]', /escape is not JSON/],
    ['half an escape', '["\\u12"]', '[0]', /four hex digits/],
    ['a word', '[nul]', '[0]', /Expected a JSON value/],
    ['a word that goes on', '[nulls]', '[0]', /Expected ","/],
    ['NaN', '[NaN]', '[0]', /Expected a JSON value/],
    ['a leading zero', '[01]', '[0]', /Expected ","/],
    ['a plus sign', '[+1]', '[0]', /Expected a JSON value/],
    ['a bare point', '[1.]', '[0]', /Expected ","/],
    ['a comment', '[1] // x', undefined, /follows the end/],
    ['a byte order mark', bytes(0xef, 0xbb, 0xbf, '{}'), undefined, /Expected a JSON value/],
    ['a duplicate key', '{"a":1,"b":2,"a":3}', 'a', /twice/],
    ['a duplicate key in disguise', '{"a":1,"\\u0061":2}', 'a', /twice/],
    ['a duplicate key deep down', '{"x":[{"a":1,"a":1}]}', 'x[0].a', /twice/],
    ['__proto__', '{"a":{"__proto__":{}}}', 'a.__proto__', /prototype/],
    ['__proto__ in disguise', '{"\\u005f_proto__":1}', '__proto__', /prototype/],
    ['constructor.prototype', '{"constructor":{"prototype":{}}}', 'constructor.prototype', /prototype/],
    ['a lone surrogate', '["\\ud800"]', '[0]', /surrogate/],
    ['a lone surrogate in a key', '{"\\udc00":1}', undefined, /surrogate/],
    ['two halves the wrong way round', '["\\udc00\\ud800"]', '[0]', /surrogate/],
    ['a lone surrogate written out', '["\ud800"]', undefined, /surrogate/],
    ['U+0000', '["a\\u0000"]', '[0]', /U\+0000/],
    ['an infinite number', '[1e999]', '[0]', /out of range/],
    ['an integer no double can carry', '{"id":9007199254740993}', 'id', /send it as a string/],
    ['a decimal no double can carry', '[1.000000000000000001]', '[0]', /send it as a string/],
    ['bytes that are not UTF-8', bytes('["', 0xff, '"]'), undefined, /not UTF-8/],
    ['an overlong byte sequence', bytes('["', 0xc0, 0xaf, '"]'), undefined, /not UTF-8/],
    ['a surrogate in UTF-8', bytes('["', 0xed, 0xa0, 0x80, '"]'), undefined, /not UTF-8/],
    ['half a character at the end', bytes('["', 0xe2, 0x82), undefined, /not UTF-8/],
    ['nine levels', '[[[[[[[[[1]]]]]]]]]', '[0][0][0][0][0][0][0][0]', /deeper than 8/],
  ]

  test.each(hostile)('%s', (_, input, field, detail) => {
    const refused = refusal(input)
    expect(refused).toMatchObject({ code: 'invalid_json', field })
    expect(refused.detail).toMatch(detail)
  })

  test('more bytes than allowed, counted in UTF-8, before anything is read', () => {
    expect(refusal(`"${'a'.repeat(999)}"`).code).toBe('too_large')
    expect(refusal(`"${'é'.repeat(600)}"`).code).toBe('too_large')
    expect(refusal(Buffer.alloc(1001)).code).toBe('too_large')
  })

  test('a field with a name of any length is named in short', () => {
    const long = refusal(`{"${'k'.repeat(5000)}":x}`, { maxBytes: 10_000, maxDepth: 8 })
    expect(long.field?.length).toBeLessThan(100)
  })
})

describe('what is read', () => {
  test.each([
    'null',
    'true',
    '-0',
    '0.1',
    '1e-7',
    '12345678901234567e5',
    '0.30000000000000004',
    '9007199254740992',
    '"\\ud83d\\ude00"',
    '"\\u00e9\\n\\"\\\\\\/"',
    '[]',
    '{}',
    '[[],{}]',
    ' { "a" : [ 1 , 2 ] , "b" : { } } ',
    '{"":{"a":1},"a":{"a":2}}',
    '{"constructor":1,"prototype":2}',
    '{"a":{"constructor":{"b":1}}}',
    '[1,2,[3,[4,{"a":[5]}]]]',
  ])('%s as JSON.parse reads it', (text) => {
    expect(parseJson(text, LIMITS)).toEqual(JSON.parse(text))
    expect(parseJson(Buffer.from(text), LIMITS)).toEqual(JSON.parse(text))
  })

  test('numbers no double carries, rounded, for callers that only look', () => {
    expect(parseJson('[9007199254740993]', { ...LIMITS, round: true })).toEqual([9007199254740992])
    expect(() => parseJson('[1e999]', { ...LIMITS, round: true })).toThrow()
  })

  test('U+0000 for callers that keep bytes', () => {
    expect(parseJson('["\\u0000"]', { ...LIMITS, allowNul: true })).toEqual(['\0'])
  })
})

test('agrees with JSON.parse on ten thousand mutilated texts', () => {
  const seed = '{"a":[1,-2.5e3,"x\\u00e9\\n",true,null,{"b":{"c":[[]]}}],"d":"\\\\","e":{}}'
  const spare = '{}[],:"\\u0019e-+.tfn \n\u0007'
  let state = 7
  const random = (below: number) => (state = (state * 48271) % 2147483647) % below
  for (let round = 0; round < 10_000; round += 1) {
    const characters = Array.from(seed)
    for (let edits = random(3) + 1; edits > 0; edits -= 1) {
      const at = random(characters.length)
      characters.splice(at, random(2), spare.charAt(random(spare.length)))
    }
    const text = characters.join('')
    let expected: unknown
    try {
      expected = JSON.parse(text)
    } catch {
      expect(() => parseJson(text, LIMITS), text).toThrow()
      continue
    }
    try {
      expect(parseJson(text, LIMITS), text).toEqual(expected)
    } catch (error) {
      // Stricter than JSON.parse only where it says so.
      expect(isFault(error) && /twice|surrogate|U\+0000|deeper|precise|range/.test(error.message), text).toBe(true)
    }
  }
})

test('a megabyte of trouble is refused without recursion', () => {
  const limits = { maxBytes: 2_000_000, maxDepth: 64 }
  for (const piece of ['[', '{"a":', '"', '\\', '[{"', '-', '{"a":{"a":', '\ud83d\ude00']) {
    expect(['invalid_json', 'too_large']).toContain(refusal(piece.repeat(1_000_000 / piece.length), limits).code)
  }
  const wide = `[${'1,'.repeat(400_000)}1]`
  expect((parseJson(wide, limits) as number[]).length).toBe(400_001)
  const keys = `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":0`).join(',')}}`
  expect(Object.keys(parseJson(keys, limits) as object).length).toBe(100_000)
})

test('the size of a value counts what there is to look at', () => {
  expect(jsonSize(null)).toBe(1)
  expect(jsonSize(['a', { b: 1 }])).toBe(5)
  expect(jsonSize('a'.repeat(160))).toBe(11)
})
