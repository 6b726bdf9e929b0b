import { describe, expect, test } from 'vitest'
import { toolDigest } from './digest'
import { standingTool } from './standing'
import { suggestedClass } from './suggest'
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

test('the digest changes with every word, every part of the schema and every annotation, and with nothing else', () => {
  const tool = {
    title: '',
    description: 'Gets a ticket.',
    schema: { type: 'object' },
    annotations: { readOnlyHint: true },
  }
  const same = {
    annotations: { readOnlyHint: true },
    schema: { type: 'object' },
    description: 'Gets a ticket.',
    title: '',
  }
  expect(toolDigest(same)).toEqual(toolDigest(tool))
  for (const change of [
    { title: 'Get' },
    { description: 'Gets a ticket, and mails it.' },
    { description: 'Gets a ticket.\u200b' },
    { schema: { type: 'object', required: ['id'] } },
    { schema: null },
    { annotations: { readOnlyHint: false } },
    { annotations: null },
  ])
    expect(toolDigest({ ...tool, ...change }), JSON.stringify(change)).not.toEqual(toolDigest(tool))
})

describe('annotations suggest, with the cautious defaults of the specification', () => {
  test.each([
    [null, null],
    [{ title: 'Echo' }, null],
    [{ readOnlyHint: true }, { access: 'read', audience: 'external' }],
    [
      { readOnlyHint: true, openWorldHint: false },
      { access: 'read', audience: 'internal' },
    ],
    [{ openWorldHint: false }, { access: 'write', reversible: false, audience: 'internal' }],
    [
      { destructiveHint: false, openWorldHint: false },
      { access: 'write', reversible: true, audience: 'internal' },
    ],
    [{ readOnlyHint: 'yes' }, null],
  ])('%j suggests %j', (annotations, suggested) => {
    expect(suggestedClass(annotations)).toEqual(suggested)
  })
})

describe('what decisions know of a stored tool', () => {
  const stored = {
    ...{ access: 'write' as const, reversible: null, audience: null, production: null, spends: null },
    ...{ surface: 'commands' as const, schema: { type: 'object' } },
  }
  const of = (confirmed: boolean, changed: boolean, before: boolean) =>
    standingTool('box.exec', { ...stored, confirmed, changed, before })

  test('is what was confirmed, a shell among it', () => {
    expect(of(true, false, true)).toEqual({
      name: 'box.exec',
      class: { access: 'write' },
      surface: 'commands',
      executes: true,
      schema: { type: 'object' },
    })
  })
  test('is nothing of what is only suggested', () => {
    expect(of(false, false, false)).toEqual({ name: 'box.exec', class: null })
    expect(of(false, true, false)).toEqual({ name: 'box.exec', class: null, changed: true })
  })
  test('is, of a changed tool, what was confirmed before, without the schema nobody read', () => {
    expect(of(false, true, true)).toEqual({
      name: 'box.exec',
      class: { access: 'write' },
      surface: 'commands',
      executes: true,
      changed: true,
    })
  })
})
