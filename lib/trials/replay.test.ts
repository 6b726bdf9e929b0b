import { describe, expect, test } from 'vitest'
import { baselineOf, boundaryOf } from '@/lib/decisions/testing'
import type { CatalogueTool } from '@/lib/tools/tool'
import { startReplay, type Trial } from './replay'
import { tally } from './tally'
import type { TraceCall } from './trace'

const NOW = Date.UTC(2027, 2, 31, 9)
const CATALOGUE: CatalogueTool[] = [
  { name: 'crm.get', class: { access: 'read' } },
  { name: 'note', class: { access: 'write', reversible: true } },
]

function trial(source: string, change: Partial<Trial> = {}) {
  return startReplay({
    boundary: boundaryOf(source),
    baseline: null,
    catalogue: CATALOGUE,
    environment: 'production',
    now: NOW,
    ...change,
  })
}

function call(tool: string, change: Partial<TraceCall> = {}): TraceCall {
  return { line: 1, tool, arguments: {}, runId: null, at: null, ...change }
}

describe('a replay', () => {
  test('decides as the gate does, under the boundary alone', () => {
    const decide = trial(
      'agent: a1\nexpires: 2020-01-01\nreview_by: 2020-01-01\nmcp_scopes: {crm: [read], local: [write]}\napproval_required: [pay]',
    )
    expect(decide(call('crm.get'))).toMatchObject({
      decision: 'allow',
      reason: { code: 'read_in_scope', rule: 'mcp_scopes.crm' },
    })
    expect(decide(call('note'))).toMatchObject({ decision: 'allow', reason: { code: 'write_in_scope' } })
    expect(decide(call('local.note')).decision).toBe('allow')
    expect(decide(call('shop.pay'))).toMatchObject({
      decision: 'hold',
      reason: { code: 'approval_required', rule: 'approval_required[0]' },
    })
    expect(decide(call('crm.other'))).toMatchObject({ decision: 'hold', reason: { code: 'unclassified_tool' } })
    expect(decide(call('shop.get'))).toMatchObject({ decision: 'forbid', reason: { code: 'out_of_scope' } })
  })

  test('asks conditions with the moment, the agent and the environment of the call', () => {
    const decide = trial(
      `agent: night-watch
never: [{tool: crm.get, when: "now.getHours() < 6 && agent.environment == 'staging' && agent.name == 'night-watch'"}]
mcp_scopes: {crm: [read]}`,
      { environment: 'staging' },
    )
    expect(decide(call('crm.get', { at: Date.UTC(2027, 0, 1, 3) })).decision).toBe('forbid')
    expect(decide(call('crm.get', { at: Date.UTC(2027, 0, 1, 7) })).decision).toBe('allow')
    expect(decide(call('crm.get')).decision).toBe('allow')
  })

  test('counts limits for calls that say when they were made', () => {
    const decide = trial('agent: a1\nmcp_scopes: {crm: [read]}\nlimits: {calls_per_minute: 2, calls_per_hour: 3}')
    const minutes = [0, 0, 0, 1, 1, 61]
    const answers = minutes.map((minute) => decide(call('crm.get', { at: Date.UTC(2027, 0, 1, 0, minute) })))
    expect(answers.map(({ decision }) => decision)).toEqual(['allow', 'allow', 'hold', 'allow', 'hold', 'allow'])
    expect(answers[4]?.reason.rule).toBe('limits.calls_per_hour')
    expect(Array.from({ length: 9 }, () => decide(call('crm.get')).decision)).not.toContain('hold')
  })

  test('holds a baseline over the boundary', () => {
    const decide = trial('agent: a1\nmcp_scopes: {crm: [read]}', { baseline: baselineOf('never: [get]') })
    expect(decide(call('crm.get'))).toMatchObject({
      decision: 'forbid',
      reason: { code: 'baseline', rule: 'baseline.never[0]' },
    })
  })
})

test('a tally adds up what was decided, why, and for which tool', () => {
  const judged = [
    { tool: 'b', decision: 'allow' as const, code: 'read_in_scope' },
    { tool: 'a', decision: 'forbid' as const, code: 'never' },
    { tool: 'b', decision: 'allow' as const, code: 'read_in_scope' },
    { tool: 'b', decision: 'hold' as const, code: 'external' },
  ]
  expect(tally(judged)).toEqual({
    calls: 4,
    decisions: { allow: 2, hold: 1, forbid: 1 },
    reasons: [
      { decision: 'allow', code: 'read_in_scope', calls: 2 },
      { decision: 'hold', code: 'external', calls: 1 },
      { decision: 'forbid', code: 'never', calls: 1 },
    ],
    tools: [
      { tool: 'a', allow: 0, hold: 0, forbid: 1 },
      { tool: 'b', allow: 2, hold: 1, forbid: 0 },
    ],
  })
})
