import { describe, expect, test } from 'vitest'
import type { ToolClass } from '@/lib/tools/tool'
import { evaluate } from './evaluate'
import type { Facts } from './facts'
import { baselineOf, boundaryOf, factsFor, NOW } from './testing'

const MINUTE = 60_000
const CEILING = `elevation:
  mcp_scopes:
    crm: [write]
  tools:
    - crm.merge
    - {tool: crm.refund, override: only while somebody watches}
    - {tool: crm.pay}
    - {tool: crm.close, when: args.n < 3}
  longest: 4h
`
const WRITE: ToolClass = { access: 'write', reversible: true }
const SPENDS: ToolClass = { access: 'write', reversible: true, spends: true }
const GRANTED = {
  id: 'e1',
  scopes: { crm: ['write' as const] },
  tools: ['crm.merge', 'crm.refund', 'crm.pay', 'crm.close'],
  endsAt: NOW + 30 * MINUTE,
}

const ask = (tool: string, known: ToolClass | null, more: Partial<Facts> = {}, rest = '') => {
  const document = boundaryOf(`agent: support-triage\nmcp_scopes: {crm: [read]}\n${rest}${CEILING}`)
  const facts = factsFor(document, tool, {
    tool: known && { name: tool, class: known },
    elevations: [GRANTED],
    ...more,
  })
  const { decision, reason, until } = evaluate(facts)
  return { decision, code: reason.code, rule: reason.rule, until }
}

describe('while it lasts', () => {
  test('a write it grants runs, and says until when', () => {
    expect(ask('crm.put', WRITE, { elevations: [] })).toMatchObject({ decision: 'forbid', code: 'out_of_scope' })
    expect(ask('crm.put', WRITE)).toEqual({
      decision: 'allow',
      code: 'elevated',
      rule: 'elevation.mcp_scopes.crm',
      until: GRANTED.endsAt,
    })
  })

  test('a tool it names runs, under the condition the ciso wrote', () => {
    const close = (n: number) =>
      ask('crm.close', WRITE, {
        action: { tool: 'crm.close', arguments: { n }, resource: null },
        elevations: [{ ...GRANTED, scopes: {} }],
      })
    expect(close(1)).toMatchObject({ decision: 'allow', code: 'elevated', rule: 'elevation.tools[3]' })
    expect(close(3)).toMatchObject({ decision: 'forbid', code: 'out_of_scope' })
  })

  test('a class that calls for a person still waits, unless the ceiling says why not', () => {
    expect(ask('crm.pay', SPENDS)).toMatchObject({ decision: 'hold', code: 'spends_money' })
    expect(ask('crm.refund', SPENDS)).toMatchObject({ decision: 'allow', code: 'elevated', rule: 'elevation.tools[1]' })
  })

  test('what the boundary lets through anyway is told without it', () => {
    expect(ask('crm.get', { access: 'read' })).toMatchObject({ code: 'read_in_scope', until: undefined })
  })

  test('the ceiling in force counts, not the one it was granted under', () => {
    const lowered = boundaryOf('agent: support-triage\nelevation: {tools: [crm.other]}\n')
    const facts = factsFor(lowered, 'crm.put', { tool: { name: 'crm.put', class: WRITE }, elevations: [GRANTED] })
    expect(evaluate(facts)).toMatchObject({ decision: 'forbid', reason: { code: 'out_of_scope' } })
  })
})

describe('it never beats', () => {
  test.each([
    ['never', 'never: [crm.merge]\n', {}, 'never'],
    ['a bare never', 'never: [merge]\n', {}, 'never'],
    ['what asks a person by name', 'approval_required: [crm.merge]\n', {}, 'approval_required'],
    [
      'the baseline',
      '',
      { baseline: { version: 1, digest: '', document: baselineOf('never: [crm.merge]') } },
      'baseline',
    ],
    ['taint', '', { run: { id: null, tainted: true, sandbox: null, openedAt: null } }, 'untrusted_content'],
    ['a limit', 'limits: {calls_per_minute: 2}\n', { used: { minute: 2, hour: 2, day: 2 } }, 'limit_reached'],
    ['a halt', '', { halts: [{ id: 'h', scope: 'agent' as const }] }, 'halted'],
    ['a protected resource', '', { guarded: [{ id: 'r', type: 'x', name: 'y' }] }, 'approval_required'],
  ])('%s', (_, rest, more, code) => {
    expect(ask('crm.merge', WRITE).code).toBe('elevated')
    expect(ask('crm.merge', WRITE, more, rest).code).toBe(code)
  })

  test('containment: of a lapsed boundary nothing is left but its own reads', () => {
    const document = boundaryOf(`agent: support-triage\n${CEILING.replace('[write]', '[read, write]')}`)
    const read = { name: 'crm.get', class: { access: 'read' as const } }
    const elevations = [{ ...GRANTED, scopes: { crm: ['read' as const] } }]
    const facts = factsFor(document, 'crm.get', { tool: read, elevations })
    expect(evaluate(facts).decision).toBe('allow')
    const lapsed = { ...facts, boundary: facts.boundary && { ...facts.boundary, lapsesAt: NOW } }
    expect(evaluate(lapsed).decision).toBe('forbid')
  })

  test('a list of commands', () => {
    const rest = 'surfaces: {commands: {autonomous: [npm test]}}\n'
    const shell = (command: string) =>
      ask(
        'crm.merge',
        null,
        {
          tool: { name: 'crm.merge', class: WRITE, surface: 'commands' },
          action: { tool: 'crm.merge', arguments: { command }, resource: null },
        },
        rest,
      )
    expect(shell('rm -rf x').decision).not.toBe('allow')
  })
})

test('facts without elevations are torn, and forbid', () => {
  const facts = { ...factsFor(boundaryOf('agent: support-triage\nautonomous: [local.x]\n'), 'local.x') }
  expect(evaluate(facts).decision).toBe('allow')
  expect(evaluate({ ...facts, elevations: undefined } as unknown as Facts).reason.code).toBe('evaluation_error')
})
