import { expect, it } from 'vitest'
import type { JsonValue } from '@/lib/core/json'
import { splitContinuation, withContinuation } from './continuation'

it('puts answers among the arguments, and takes them out as they were', () => {
  const answers = { which: { action: 'accept' } }
  const judged = withContinuation({ id: '7' }, { continues: 'act_1', answers })
  expect(judged).toEqual({ id: '7', mcp_continuation: { continues: 'act_1', answers } })
  expect(splitContinuation(judged)).toEqual({ args: { id: '7' }, answers })
})

it('takes no answers from what a person edited away', () => {
  const edited: JsonValue[] = [null, [], 'yes', {}, { answers: [] }]
  for (const mcp_continuation of edited)
    expect(splitContinuation({ id: '7', mcp_continuation })).toEqual({ args: { id: '7' }, answers: {} })
  expect(splitContinuation({ id: '7' })).toEqual({ args: { id: '7' }, answers: {} })
})
