import { describe, expect, test } from 'vitest'
import type { CatalogueTool, ToolClass } from '@/lib/tools/tool'
import { OPEN_SANDBOX } from '@/lib/boundary/sentences'
import { type Decision, type ReasonCode, REASONS } from './decision'
import { evaluate } from './evaluate'
import type { Facts } from './facts'
import { baselineOf, boundaryOf, factsFor, NOW } from './testing'

const BOUNDARY = boundaryOf(`agent: support-triage
sandbox: isolated, network egress = allowlist only
mcp_scopes:
  crm: [read]
  files: [read, write]
  mail: [write]
  local: [read]
autonomous:
  - files.purge_cache
  - summarise
  - {tool: web.fetch, override: "Public status pages only; nothing of ours is in the address."}
  - {tool: files.export, when: "args.rows < 100"}
  - {tool: files.lock, when: "args.missing.deep"}
approval_required:
  - refund_request
  - {tool: files.share, when: "args.role == 'editor'"}
  - {tool: files.tag, when: "args.missing.deep"}
never:
  - delete_customer
  - files.wipe
  - {tool: files.move, when: "args.missing.deep"}
limits: {calls_per_hour: 100}
`)
const BASELINE = baselineOf(`never: [transfer_ownership]
approval_required: [{tool: files.publish, when: "agent.environment == 'production'"}]
limits: {calls_per_day: 500}
`)
const READ: ToolClass = { access: 'read' }
const EDIT: ToolClass = { access: 'write', reversible: true }
const baseline = { version: 1, digest: 'sha256:bb', document: BASELINE }

type Row = [
  what: string,
  tool: string,
  known: ToolClass | null | undefined,
  decision: Decision,
  code: ReasonCode,
  rule: string | null,
  change?: (facts: Facts) => Partial<Facts>,
]

const ROWS: Row[] = [
  // what runs alone
  ['a read in a read scope', 'crm.get_ticket', READ, 'allow', 'read_in_scope', 'mcp_scopes.crm'],
  ['a reversible write inside, in a write scope', 'files.rename', EDIT, 'allow', 'write_in_scope', 'mcp_scopes.files'],
  ['a qualified name under autonomous', 'files.purge_cache', EDIT, 'allow', 'autonomous', 'autonomous[0]'],
  ['a named tool nobody has classified', 'files.purge_cache', undefined, 'allow', 'autonomous', 'autonomous[0]'],
  ['a bare name on a server in scope', 'crm.summarise', EDIT, 'allow', 'autonomous', 'autonomous[1]'],
  ['a bare name on local', 'summarise', EDIT, 'allow', 'autonomous', 'autonomous[1]'],
  [
    'a qualified name outside every scope, overridden',
    'web.fetch',
    { access: 'read', audience: 'external' },
    'allow',
    'autonomous',
    'autonomous[2]',
  ],
  ['a condition that holds', 'files.export', EDIT, 'allow', 'autonomous', 'autonomous[3]', args({ rows: 5 })],
  ['an unnamed local read', 'whoami', READ, 'allow', 'read_in_scope', 'mcp_scopes.local'],
  [
    'what a person approved',
    'crm.refund_request',
    EDIT,
    'allow',
    'approved',
    'approval_required[0]',
    (facts) => ({ approval: approvalOf(facts, 'approval_required', 'approval_required[0]') }),
  ],
  // what waits for a person
  ['a bare name on a server in scope', 'crm.refund_request', EDIT, 'hold', 'approval_required', 'approval_required[0]'],
  ['a bare name on any server', 'shop.refund_request', READ, 'hold', 'approval_required', 'approval_required[0]'],
  [
    'a condition of approval that holds',
    'files.share',
    EDIT,
    'hold',
    'approval_required',
    'approval_required[1]',
    args({ role: 'editor' }),
  ],
  ['a condition of approval that cannot tell', 'files.tag', EDIT, 'hold', 'approval_required', 'approval_required[2]'],
  [
    'a condition of the baseline that holds',
    'files.publish',
    EDIT,
    'hold',
    'approval_required',
    'baseline.approval_required[0]',
    () => ({ baseline }),
  ],
  ['a write that cannot be undone', 'files.delete', { access: 'write' }, 'hold', 'irreversible', 'mcp_scopes.files'],
  [
    'a name under autonomous whose class calls for a human',
    'files.purge_cache',
    { access: 'write' },
    'hold',
    'irreversible',
    'autonomous[0]',
  ],
  [
    'what customers see',
    'files.notify',
    { ...EDIT, audience: 'customer' },
    'hold',
    'customer_facing',
    'mcp_scopes.files',
  ],
  [
    'a read that leaves the organisation',
    'crm.lookup',
    { access: 'read', audience: 'external' },
    'hold',
    'external',
    'mcp_scopes.crm',
  ],
  ['production', 'files.deploy', { ...EDIT, production: true }, 'hold', 'production', 'mcp_scopes.files'],
  ['money', 'files.order', { ...EDIT, spends: true }, 'hold', 'spends_money', 'mcp_scopes.files'],
  ['a tool in scope nobody has classified', 'crm.merge', undefined, 'hold', 'unclassified_tool', 'mcp_scopes.crm'],
  [
    'a tool in scope whose class nobody has confirmed',
    'crm.merge',
    null,
    'hold',
    'unclassified_tool',
    'mcp_scopes.crm',
  ],
  ['a write after untrusted content', 'files.rename', EDIT, 'hold', 'untrusted_content', null, tainted],
  [
    'an override after untrusted content',
    'web.fetch',
    { access: 'read', audience: 'external' },
    'hold',
    'untrusted_content',
    null,
    tainted,
  ],
  [
    'one call too many',
    'crm.get_ticket',
    READ,
    'hold',
    'limit_reached',
    'limits.calls_per_hour',
    () => ({ used: { minute: 0, hour: 100, day: 100 } }),
  ],
  [
    'one call too many for the baseline',
    'crm.get_ticket',
    READ,
    'hold',
    'limit_reached',
    'baseline.limits.calls_per_day',
    () => ({ baseline, used: { minute: 0, hour: 0, day: 500 } }),
  ],
  [
    'a hold that nobody approved',
    'files.delete',
    { access: 'write', spends: true },
    'hold',
    'irreversible',
    'mcp_scopes.files',
    (facts) => ({ approval: approvalOf(facts, 'spends_money', 'mcp_scopes.files') }),
  ],
  [
    'an approval under another boundary',
    'crm.refund_request',
    EDIT,
    'hold',
    'approval_required',
    'approval_required[0]',
    () => ({
      approval: { boundaryDigest: 'sha256:old', holds: [{ code: 'approval_required', rule: 'approval_required[0]' }] },
    }),
  ],
  // what is refused
  ['a bare name under never, on any server', 'shop.delete_customer', READ, 'forbid', 'never', 'never[0]'],
  ['a qualified name under never', 'files.wipe', EDIT, 'forbid', 'never', 'never[1]'],
  ['a condition under never that cannot tell', 'files.move', EDIT, 'forbid', 'never', 'never[2]'],
  [
    'a condition of autonomous that does not hold, outside the scope it needs',
    'shop.summarise',
    EDIT,
    'forbid',
    'out_of_scope',
    null,
  ],
  [
    'a condition of autonomous that cannot tell falls back on the scope',
    'files.lock',
    { access: 'write' },
    'hold',
    'irreversible',
    'mcp_scopes.files',
  ],
  ['a server out of scope', 'shop.get_order', READ, 'forbid', 'out_of_scope', null],
  ['an unknown tool of a server out of scope', 'shop.get_order', undefined, 'forbid', 'out_of_scope', null],
  ['a write in a read scope', 'crm.update', EDIT, 'forbid', 'out_of_scope', 'mcp_scopes.crm'],
  ['a read in a write scope', 'mail.list', READ, 'forbid', 'out_of_scope', 'mcp_scopes.mail'],
  ['a text that names no tool', 'crm.get ticket', READ, 'forbid', 'out_of_scope', null],
  ['the baseline', 'crm.transfer_ownership', READ, 'forbid', 'baseline', 'baseline.never[0]', () => ({ baseline })],
  ['nothing signed', 'crm.get_ticket', READ, 'forbid', 'no_signed_boundary', null, () => ({ boundary: null })],
  [
    'nothing signed for an agent not yet active',
    'crm.get_ticket',
    READ,
    'forbid',
    'no_signed_boundary',
    null,
    (facts) => ({ boundary: null, agent: { ...facts.agent, state: 'registered' } }),
  ],
  ['a write under a lapsed boundary', 'files.rename', EDIT, 'forbid', 'boundary_expired', 'expires', lapsed],
  [
    'a write after the review was due',
    'files.rename',
    EDIT,
    'forbid',
    'review_overdue',
    'agent.review',
    (facts) => ({ agent: { ...facts.agent, reviewDueAt: NOW } }),
  ],
  [
    'a write without an owner',
    'files.rename',
    EDIT,
    'forbid',
    'owner_missing',
    'agent.owner',
    (facts) => ({ agent: { ...facts.agent, owned: false } }),
  ],
  ['a hold under a lapsed boundary', 'crm.refund_request', EDIT, 'forbid', 'boundary_expired', 'expires', lapsed],
  [
    'a suspended agent',
    'crm.get_ticket',
    READ,
    'forbid',
    'agent_suspended',
    'agent.suspended',
    (facts) => ({ agent: { ...facts.agent, state: 'suspended' } }),
  ],
  [
    'a retired agent',
    'crm.get_ticket',
    READ,
    'forbid',
    'agent_suspended',
    'agent.retired',
    (facts) => ({ agent: { ...facts.agent, state: 'retired' } }),
  ],
  [
    'an agent signed for but not activated',
    'crm.get_ticket',
    READ,
    'forbid',
    'agent_suspended',
    'agent.registered',
    (facts) => ({ agent: { ...facts.agent, state: 'registered' } }),
  ],
  [
    'a halt',
    'crm.get_ticket',
    READ,
    'forbid',
    'halted',
    'halt.organisation',
    () => ({ halts: [{ id: 'h', scope: 'organisation' as const }] }),
  ],
  [
    'code without a sandbox',
    'files.run',
    EDIT,
    'forbid',
    'sandbox_missing',
    'sandbox',
    (facts) => ({ tool: { ...toolOf(facts), executes: true } }),
  ],
  [
    'code in a looser sandbox',
    'files.run',
    EDIT,
    'forbid',
    'sandbox_missing',
    'sandbox',
    (facts) => ({
      tool: { ...toolOf(facts), executes: true },
      run: { ...facts.run, sandbox: { ...OPEN_SANDBOX, isolated: true } },
    }),
  ],
  [
    'a secret in the arguments',
    'crm.get_ticket',
    READ,
    'forbid',
    'secret_in_arguments',
    'secrets.github_token',
    args({ q: [{ deep: `see ${['gh', 'p_'].join('')}${'a1B2'.repeat(9)}` }] }),
  ],
  [
    'arguments that do not fit',
    'crm.get_ticket',
    READ,
    'forbid',
    'invalid_arguments',
    'schema',
    (facts) => ({ tool: { ...toolOf(facts), schema: { type: 'object', required: ['id'] } } }),
  ],
  [
    'a schema that cannot be read',
    'crm.get_ticket',
    READ,
    'forbid',
    'evaluation_error',
    null,
    (facts) => ({ tool: { ...toolOf(facts), schema: { $ref: '#/nowhere' } } }),
  ],
  [
    'a document that cannot be read',
    'crm.get_ticket',
    READ,
    'forbid',
    'evaluation_error',
    null,
    (facts) => ({
      boundary: facts.boundary && {
        ...facts.boundary,
        document: { ...facts.boundary.document, never: [{ tool: 'x', when: '((', reason: null }] },
      },
    }),
  ],
  [
    'facts that are not there',
    'crm.get_ticket',
    READ,
    'forbid',
    'evaluation_error',
    null,
    () => ({ run: undefined as unknown as Facts['run'] }),
  ],
  [
    'a credential that does not serve',
    'crm.get_ticket',
    READ,
    'forbid',
    'evaluation_error',
    'credential',
    () => ({ credential: false }),
  ],
]

function args(given: Facts['action']['arguments']) {
  return (facts: Facts): Partial<Facts> => ({ action: { ...facts.action, arguments: given } })
}

function tainted(facts: Facts): Partial<Facts> {
  return { run: { ...facts.run, tainted: true } }
}

function lapsed(facts: Facts): Partial<Facts> {
  return { boundary: facts.boundary && { ...facts.boundary, lapsesAt: NOW } }
}

function toolOf(facts: Facts): CatalogueTool {
  return facts.tool ?? { name: facts.action.tool, class: null }
}

function approvalOf(facts: Facts, code: ReasonCode, rule: string): Facts['approval'] {
  return { boundaryDigest: facts.boundary?.digest ?? '', holds: [{ code, rule }] }
}

function judge(tool: string, known: ToolClass | null | undefined, change?: (facts: Facts) => Partial<Facts>) {
  const facts = factsFor(BOUNDARY, tool, { tool: known === undefined ? null : { name: tool, class: known } })
  return evaluate({ ...facts, ...change?.(facts) })
}

describe('every reason a decision can have', () => {
  test.each(ROWS)('%s: %s', (_, tool, known, decision, code, rule, change) => {
    const answer = judge(tool, known, change)
    expect({ decision: answer.decision, code: answer.reason.code, rule: answer.reason.rule }).toEqual({
      decision,
      code,
      rule,
    })
    expect(REASONS[code].decision).toBe(decision)
    expect(answer.reasons[0]).toEqual(answer.reason)
    expect(answer.reasons.every((reason) => REASONS[reason.code].decision === decision)).toBe(true)
  })

  test('has a row here', () => {
    const rows = new Set(ROWS.map(([, , , , code]) => code))
    expect(Object.keys(REASONS).filter((code) => !rows.has(code as ReasonCode))).toEqual([])
  })
})

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
  const second = evaluate({ ...facts, approval: { boundaryDigest: 'sha256:aa', holds } })
  expect(second).toMatchObject({ decision: 'allow', reason: { code: 'approved', rule: 'mcp_scopes.files' } })
  const tainted = evaluate({
    ...facts,
    approval: { boundaryDigest: 'sha256:aa', holds },
    run: { ...facts.run, tainted: true },
  })
  expect(tainted.reasons.map(({ code }) => code)).toEqual(['untrusted_content'])
})

test('an approval never lifts a refusal', () => {
  const approval = { boundaryDigest: 'sha256:aa', holds: [{ code: 'never' as const, rule: 'never[1]' }] }
  expect(judge('files.wipe', EDIT, () => ({ approval })).decision).toBe('forbid')
})
