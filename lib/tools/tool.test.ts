import { describe, expect, test } from 'vitest'
import { toolDigest } from './digest'
import { classDefaults, executesCode, resolveTool, stakesOf } from './tool'

describe('the name of a tool', () => {
  test.each([
    ['crm.refund_request', 'crm', 'refund_request'],
    ['refund_request', 'local', 'refund_request'],
    ['local.refund_request', 'local', 'refund_request'],
    ['files.v1.read', 'files', 'v1.read'],
    ['claude-code.mcp__x__y', 'claude-code', 'mcp__x__y'],
  ])('%s is server and tool', (text, server, tool) => {
    expect(resolveTool(text)).toEqual({ server, tool, name: `${server}.${tool}` })
  })

  test.each([
    '',
    '.',
    'crm.',
    '.refund',
    'a b',
    'crm.a b',
    'crm .a',
    'crm.*',
    'crm.a\n',
    'c\u0440m.a',
    'crm.a\u200b',
    `crm.${'a'.repeat(129)}`,
  ])('%j is none', (text) => {
    expect(resolveTool(text)).toBeNull()
  })
})

describe('a class', () => {
  test('says the careful thing where it says nothing', () => {
    expect(classDefaults({ access: 'write' })).toEqual({
      access: 'write',
      reversible: false,
      audience: 'internal',
      production: false,
      spends: false,
    })
    expect(classDefaults({ access: 'read' }).reversible).toBe(true)
  })

  test('calls for a human for each stake it has', () => {
    expect(stakesOf({ access: 'read' })).toEqual([])
    expect(stakesOf({ access: 'write', reversible: true })).toEqual([])
    expect(stakesOf({ access: 'write' })).toEqual(['irreversible'])
    expect(stakesOf({ access: 'read', audience: 'external' })).toEqual(['external'])
    expect(
      stakesOf({ access: 'write', reversible: true, audience: 'customer', production: true, spends: true }),
    ).toEqual(['customer_facing', 'production', 'spends_money'])
  })
})

test('code is executed by what the catalogue marks, and by the shell everybody knows', () => {
  expect(executesCode('ci.run', { name: 'ci.run', class: null, executes: true })).toBe(true)
  expect(executesCode('claude-code.Bash', null)).toBe(true)
  expect(executesCode('crm.get', null)).toBe(false)
})

test('the digest of a description changes with every word and every part of the schema', () => {
  const tool = { name: 'crm.get', description: 'Gets a ticket.', schema: { type: 'object' } }
  expect(toolDigest(tool)).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(toolDigest({ ...tool, description: 'Gets a ticket, and mails it.' })).not.toBe(toolDigest(tool))
  expect(toolDigest({ ...tool, schema: { type: 'object', required: ['id'] } })).not.toBe(toolDigest(tool))
})
