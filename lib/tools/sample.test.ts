import { expect, test } from 'vitest'
import { argumentProblem } from './schema'
import { sampleArguments } from './sample'

test('a sample has every argument, in the schema’s own examples, choices and types, and fits it', () => {
  const schema = {
    type: 'object',
    required: ['order', 'amount'],
    properties: {
      amount: { type: 'number', minimum: 1 },
      currency: { enum: ['EUR', 'USD'] },
      order: { type: 'string', examples: ['A-17'] },
      lines: { type: 'array' },
      to: { type: 'object', properties: { mail: { type: 'string', default: 'a@example.com' } } },
    },
  }
  const made = JSON.parse(sampleArguments(schema)) as never
  expect(made).toEqual({ order: 'A-17', amount: 1, currency: 'EUR', lines: [], to: { mail: 'a@example.com' } })
  expect(argumentProblem(schema, made)).toBeNull()
})

test('without a schema there is nothing to begin with, and none is ever long', () => {
  expect(sampleArguments(undefined)).toBe('{}')
  expect(sampleArguments(true)).toBe('{}')
  expect(sampleArguments({ properties: { a: { default: 'x'.repeat(3_000) } } })).toBe('{}')
})
