import { describe, expect, test } from 'vitest'
import { OPEN_SANDBOX } from '@/lib/boundary/sentences'
import { evaluate } from './evaluate'
import type { Facts } from './facts'
import { args, baseline, BOUNDARY, EDIT, judge, lapsed, READ, tainted, toolOf } from './gate-testing'
import { boundaryOf, factsFor, NOW } from './testing'

describe('the reasons', () => {
  test('are every match at the winning strictness, by step, then code, then rule', () => {
    const answer = judge(
      'files.delete',
      { access: 'write', audience: 'external', spends: true, production: true },
      (facts) => ({
        ...tainted(facts),
        used: { minute: 0, hour: 100, day: 0 },
      }),
    )
    expect(answer.reasons.map(({ step, code, rule }) => [step, code, rule])).toEqual([
      [5, 'external', 'mcp_scopes.files'],
      [5, 'irreversible', 'mcp_scopes.files'],
      [5, 'production', 'mcp_scopes.files'],
      [5, 'spends_money', 'mcp_scopes.files'],
      [8, 'untrusted_content', null],
      [9, 'limit_reached', 'limits.calls_per_hour'],
    ])
  })

  test('tell the approver what is at stake beside the rule that asks', () => {
    const answer = judge('crm.refund_request', { access: 'write', audience: 'customer', spends: true })
    expect(answer.reasons.map(({ code }) => code)).toEqual([
      'approval_required',
      'customer_facing',
      'irreversible',
      'spends_money',
    ])
  })

  test('of a refusal do not stop at the first', () => {
    const answer = judge('files.wipe', EDIT, args({ token: `${['gh', 'p_'].join('')}${'a1B2'.repeat(9)}` }))
    expect(answer.reasons.map(({ code }) => code)).toEqual(['never', 'secret_in_arguments'])
  })

  test('of a halt are told alone', () => {
    const answer = judge('files.wipe', EDIT, () => ({ halts: [{ id: 'h', scope: 'agent' as const }] }))
    expect(answer.reasons.map(({ code }) => code)).toEqual(['halted'])
  })
})

describe('a contained agent', () => {
  const causes: [string, (facts: Facts) => Partial<Facts>][] = [
    ['whose boundary has lapsed', lapsed],
    ['whose review is overdue', (facts) => ({ agent: { ...facts.agent, reviewDueAt: NOW - 1 } })],
    ['whose owner is gone', (facts) => ({ agent: { ...facts.agent, owned: false } })],
    [
      'whose review the boundary set',
      (facts) => ({
        boundary: facts.boundary && { ...facts.boundary, document: { ...BOUNDARY, review_by: '2026-06-14' } },
      }),
    ],
  ]

  test.each(causes)('%s still reads in its scope', (_, change) => {
    expect(judge('crm.get_ticket', READ, change)).toMatchObject({
      decision: 'allow',
      reason: { code: 'read_in_scope' },
      contained: true,
    })
  })

  test.each(causes)('%s does nothing else', (_, change) => {
    for (const tool of ['files.rename', 'files.purge_cache', 'crm.refund_request']) {
      expect(judge(tool, EDIT, change)).toMatchObject({ decision: 'forbid', contained: true })
    }
    expect(judge('crm.merge', undefined, change).decision).toBe('forbid')
    expect(judge('web.fetch', { access: 'read', audience: 'external' }, change).decision).toBe('allow')
  })

  test('is still held to the rest of the gate for its reads', () => {
    expect(judge('crm.transfer_ownership', READ, (facts) => ({ ...lapsed(facts), baseline }))).toMatchObject({
      decision: 'forbid',
      reason: { code: 'boundary_expired' },
    })
  })

  test('reads on the day the boundary names for its review, and not the day after', () => {
    const change = (facts: Facts): Partial<Facts> => ({
      boundary: facts.boundary && { ...facts.boundary, document: { ...BOUNDARY, review_by: '2026-06-15' } },
    })
    expect(judge('files.rename', EDIT, change).decision).toBe('allow')
  })
})

describe('code execution', () => {
  const attested = { ...OPEN_SANDBOX, isolated: true, egress: 'allowlist' as const, hosts: ['api.example.com'] }

  test('runs in a sandbox at least as tight as the one asked for', () => {
    const run = (sandbox: Facts['run']['sandbox']) =>
      judge('files.run', EDIT, (facts) => ({
        tool: { ...toolOf(facts), executes: true },
        run: { ...facts.run, sandbox },
      })).decision
    expect(run(attested)).toBe('allow')
    expect(run({ ...attested, egress: 'none', hosts: [] })).toBe('allow')
    expect(run({ ...attested, isolated: false })).toBe('forbid')
    expect(run({ ...attested, egress: 'any' })).toBe('forbid')
  })

  test('is known of a shell without a catalogue', () => {
    const boundary = boundaryOf('agent: coder\nsandbox: isolated\nautonomous: [claude-code.Bash]')
    expect(evaluate(factsFor(boundary, 'claude-code.Bash'))).toMatchObject({
      decision: 'forbid',
      reason: { code: 'sandbox_missing' },
    })
    const open = boundaryOf('agent: coder\nautonomous: [claude-code.Bash]')
    expect(evaluate(factsFor(open, 'claude-code.Bash')).decision).toBe('allow')
  })
})

test('an approval discharges every recorded hold, and then the reason is the approval', () => {
  const facts = factsFor(BOUNDARY, 'files.delete', {
    tool: { name: 'files.delete', class: { access: 'write', spends: true } },
  })
  const first = evaluate(facts)
  const holds = first.reasons.map(({ code, rule }) => ({ code, rule }))
  const second = evaluate({ ...facts, approval: { boundaryDigest: 'sha256:aa', baselineDigest: null, holds } })
  expect(second).toMatchObject({ decision: 'allow', reason: { code: 'approved', rule: 'mcp_scopes.files' } })
  const tainted = evaluate({
    ...facts,
    approval: { boundaryDigest: 'sha256:aa', baselineDigest: null, holds },
    run: { ...facts.run, tainted: true },
  })
  expect(tainted.reasons.map(({ code }) => code)).toEqual(['untrusted_content'])
})

test('grants add up: an override counts beside a plain entry for the same tool', () => {
  const boundary = boundaryOf('agent: a1\nautonomous: [mail.send, {tool: mail.send, override: "it must"}]')
  const answer = evaluate(factsFor(boundary, 'mail.send', { tool: { name: 'mail.send', class: { access: 'write' } } }))
  expect(answer.reasons.map(({ code, rule }) => [code, rule])).toEqual([['autonomous', 'autonomous[1]']])
})

test('an approval discharges what a baseline held under that very baseline alone: in another the same place may be another rule', () => {
  const facts = factsFor(BOUNDARY, 'files.publish', {
    tool: { name: 'files.publish', class: EDIT },
    baseline,
  })
  const first = evaluate(facts)
  const holds = first.reasons.map(({ code, rule }) => ({ code, rule }))
  expect(holds).toContainEqual({ code: 'approval_required', rule: 'baseline.approval_required[0]' })
  const approval = { boundaryDigest: 'sha256:aa', baselineDigest: baseline.digest, holds }
  expect(evaluate({ ...facts, approval }).reason.code).toBe('approved')
  for (const baselineDigest of ['sha256:cc', null])
    expect(evaluate({ ...facts, approval: { ...approval, baselineDigest } })).toMatchObject({
      decision: 'hold',
      reason: { code: 'approval_required', rule: 'baseline.approval_required[0]' },
    })
})

test('an approval never lifts a refusal', () => {
  const approval = {
    boundaryDigest: 'sha256:aa',
    baselineDigest: null,
    holds: [{ code: 'never' as const, rule: 'never[1]' }],
  }
  expect(judge('files.wipe', EDIT, () => ({ approval })).decision).toBe('forbid')
})
