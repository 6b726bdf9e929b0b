import { describe, expect, test } from 'vitest'
import type { JsonObject } from '@/lib/core/json'
import { argumentProblem, schemaProblem } from './schema'

const REFUND: JsonObject = {
  type: 'object',
  properties: {
    order: { type: 'string', pattern: '^A-[0-9]{1,6}$' },
    amount: { type: 'number', exclusiveMinimum: 0, maximum: 500 },
    to: { type: 'array', items: { type: 'string', format: 'email' }, uniqueItems: true },
  },
  required: ['order', 'amount'],
  additionalProperties: false,
}

describe('arguments', () => {
  test('that fit are let through', () => {
    expect(argumentProblem(REFUND, { order: 'A-17', amount: 120, to: ['dana@example.com'] })).toBeNull()
    expect(argumentProblem(true, { any: 1 })).toBeNull()
  })

  test.each<[string, JsonObject, RegExp]>([
    ['a missing key', { order: 'A-17' }, /required/],
    ['a wrong type', { order: 'A-17', amount: '120' }, /#\/amount.*type/],
    ['a pattern', { order: 'B-17', amount: 1 }, /#\/order/],
    ['a bound', { order: 'A-17', amount: 501 }, /#\/amount/],
    ['a format', { order: 'A-17', amount: 1, to: ['dana'] }, /#\/to\/0/],
    ['a repetition', { order: 'A-17', amount: 1, to: ['d@example.com', 'd@example.com'] }, /#\/to/],
    ['a key too many', { order: 'A-17', amount: 1, note: 'x' }, /#\/note|additionalProperties/],
  ])('that break %s are named', (_, args, problem) => {
    expect(argumentProblem(REFUND, args)).toMatch(problem)
  })

  test('are refused whole by the schema that is false', () => {
    expect(argumentProblem(false, {})).not.toBeNull()
  })

  test('beyond what can be compared are refused unread', () => {
    const to = Array.from({ length: 501 }, (_, i) => `d${i}@example.com`)
    expect(argumentProblem(REFUND, { order: 'A-17', amount: 1, to })).toMatch(/too many/)
  })
})

describe('a schema of another draft', () => {
  test('is read as its own', () => {
    const tuple: JsonObject = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { pair: { items: [{ type: 'string' }, { $ref: '#/definitions/count' }] } },
      definitions: { count: { type: 'integer' } },
    }
    expect(argumentProblem(tuple, { pair: ['a', 1] })).toBeNull()
    expect(argumentProblem(tuple, { pair: ['a', 'b'] })).not.toBeNull()
  })
})

describe('recursion', () => {
  const tree: JsonObject = {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
      },
    },
  }
  const json: JsonObject = {
    properties: { left: { $ref: '#/$defs/json' }, right: { $ref: '#/$defs/json' } },
    $defs: {
      json: {
        anyOf: [
          { type: ['string', 'number'] },
          { type: 'array', items: { $ref: '#/$defs/json' } },
          { type: 'object', additionalProperties: { $ref: '#/$defs/json' } },
        ],
      },
    },
  }

  test('that goes down one way is followed', () => {
    expect(argumentProblem(tree, { name: 'a', children: [{ children: [{ name: 'b' }] }] })).toBeNull()
    expect(argumentProblem(tree, { name: 'a', children: [{ children: [{ name: 7 }] }] })).not.toBeNull()
  })

  test('that goes down several ways at different places is followed', () => {
    expect(argumentProblem(json, { left: { a: ['b', { c: 1 }] }, right: 'x' })).toBeNull()
    expect(argumentProblem(json, { left: { a: ['b', { c: true }] } })).not.toBeNull()
  })
})

/** Sixteen definitions, each of the next one twice: 65,536 nodes when written out. */
function multiplying(): JsonObject {
  const names = Array.from({ length: 17 }, (_, i) => `d${i}`)
  const defs = names.map((name, i): [string, JsonObject] => {
    const next = { $ref: `#/$defs/${names[i + 1] ?? ''}` }
    return [name, i + 1 < names.length ? { allOf: [next, next] } : { type: 'object' }]
  })
  return { $ref: '#/$defs/d0', $defs: Object.fromEntries(defs) }
}

describe('a schema that could not be bounded', () => {
  test.each<[string, JsonObject]>([
    ['itself', { $ref: '#' }],
    [
      'a circle in place',
      { allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } } },
    ],
    ['two ways to one place', { properties: { x: { anyOf: [{ $ref: '#' }, { $ref: '#' }] } } }],
    [
      'two ways through one definition',
      { allOf: [{ $ref: '#/$defs/b' }, { $ref: '#/$defs/b' }], $defs: { b: { items: { $ref: '#' } } } },
    ],
    ['references that multiply', multiplying()],
    ['a place elsewhere', { $ref: 'https://example.com/schema.json' }],
    ['a place it does not have', { $ref: '#/$defs/none' }],
    ['a dynamic reference', { $dynamicRef: '#x' }],
    ['look-behind', { properties: { a: { pattern: '(?<=x)y' } } }],
    ['a back-reference', { properties: { a: { pattern: '(a)\\1' } } }],
    ['patterns as keys that nest repetitions', { patternProperties: { '^(a+)+$': {} } }],
    ['a schema that is a list', { properties: { a: [] } }],
  ])('is refused: %s', (_, schema) => {
    expect(schemaProblem(schema)).toMatch(/\.$/)
    expect(() => argumentProblem(schema, {})).toThrow()
  })

  test('because it is deep', () => {
    let deep: JsonObject = {}
    for (let i = 0; i < 200; i += 1) deep = { not: deep }
    expect(schemaProblem(deep)).toMatch(/too large/)
  })
})

test('a pattern that takes a JavaScript engine for ever is answered', () => {
  const schema: JsonObject = { properties: { a: { pattern: '^(([a-z])+.)+[A-Z]([a-z])+$' } } }
  expect(argumentProblem(schema, { a: `${'a'.repeat(5000)}!` })).not.toBeNull()
})
