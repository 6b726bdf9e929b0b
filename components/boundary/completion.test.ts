import { expect, test } from 'vitest'
import { offersAt } from './completion'

const TOOLS = [
  { name: 'crm.refund', says: 'write', sample: '{}' },
  { name: 'tickets.read', says: 'read', sample: '{}' },
]
/** What is offered where the bar stands. */
const at = (text: string) => {
  const cursor = text.indexOf('|')
  const found = offersAt(text.replace('|', ''), cursor, TOOLS)
  return { from: found?.from, words: found?.offers.map(({ insert }) => insert) ?? [] }
}

test('keys of the language at the top, from the first letters on', () => {
  expect(at('agent: a\nappr|').words).toEqual(['approval_required: '])
  expect(at('agent: a\n|').words.length).toBeGreaterThan(8)
})

test('keys of what is inside', () => {
  expect(at('limits:\n  calls_per_m|').words).toEqual(['calls_per_minute: '])
  expect(at('approval_required:\n  - tool: x\n    w|').words).toEqual(['when: ', 'within: '])
  expect(at('surfaces:\n  commands:\n    auto|').words).toEqual(['autonomous: '])
})

test('choices where there are some', () => {
  expect(at('sandbox:\n  egress: |').words).toEqual(['any', 'allowlist', 'none'])
  expect(at('mcp_scopes:\n  crm: [read, w|]').words).toEqual(['write'])
  expect(at('mcp_scopes:\n  crm: [|]').words).toEqual(['read', 'write'])
})

test('tools of the catalogue in the three lists, however they are indented', () => {
  expect(at('never:\n  - cr|').words).toEqual(['crm.refund'])
  expect(at('never:\n- cr|').words).toEqual(['crm.refund'])
  expect(at('never:\n  - tool: tick|').words).toEqual(['tickets.read'])
  expect(at('never: [cr|]').words).toEqual(['crm.refund'])
  expect(at('surfaces:\n  tools:\n    never:\n      - cr|').words).toEqual(['crm.refund'])
  expect(at('surfaces:\n  commands:\n    never:\n      - cr|').words).toEqual([])
})

test('servers of the catalogue in the scopes', () => {
  expect(at('mcp_scopes:\n  t|').words).toContain('tickets: [read]')
})

test('nothing in a comment, and what is offered replaces the word that is there', () => {
  expect(at('# appr|').words).toEqual([])
  expect(at('never:\n  - cr|').from).toBe('never:\n  - '.length)
})
