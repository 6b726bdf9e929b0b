import { describe, expect, test } from 'vitest'
import { boundaryDigest } from './digest'
import { parseBaseline, parseBoundary } from './parse'
import { type BoundaryErrorCode, MAX_BYTES } from './yaml'

/** The policy document of the control catalogue, as a reviewer writes it. */
export const SAMPLE = `agent: support-triage
sandbox: isolated, network egress = allowlist only
mcp_scopes:
  tickets:   [read]
  kb:        [read]
  crm:       [read]
approval_required:
  - send_customer_email
  - refund_request
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`

function read(source: string) {
  const parsed = parseBoundary(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.document
}

describe('the sample of the control catalogue', () => {
  test('is accepted exactly as it stands and means what its words say', () => {
    expect(read(SAMPLE)).toEqual({
      agent: 'support-triage',
      purpose: null,
      sandbox: { isolated: true, credentials: 'any', egress: 'allowlist', hosts: [], filesystem: 'any' },
      mcp_scopes: { tickets: ['read'], kb: ['read'], crm: ['read'] },
      autonomous: [],
      approval_required: [
        { tool: 'send_customer_email', when: null, reason: null },
        { tool: 'refund_request', when: null, reason: null },
      ],
      never: [],
      audit: 'all_tool_calls',
      kill_switch: { scope: 'organisation', tested: 'monthly' },
      limits: {},
      accountable: {},
      expires: null,
      review_by: null,
    })
  })
})

test('every section says what it can', () => {
  const boundary = read(`# who answers, and until when
agent: travel-desk
purpose: Books what people ask for.
sandbox: {isolated: true, credentials: none, egress: allowlist, hosts: [api.example.com, "*.example.org:443"], filesystem: workspace, time: 30m, memory: 4GiB, processes: 200}
mcp_scopes: {calendar: [write, read], local: [read]}
autonomous:
  - calendar.create_event
  - tool: calendar.invite
    when: args.participants.all(p, p.endsWith("@example.com"))
    override: Colleagues expect an invitation within minutes.
approval_required:
- {tool: pay, reason: money}
never: [delete_account]
audit: all_tool_calls
kill_switch: {scope: agent, tested: quarterly}
limits: {calls_per_minute: 10, spend_per_day: 499.90 EUR, spend_per_hour: EUR 100, tokens_per_hour: 200000, concurrent_runs: 2, run_length: 90m}
accountable: {spending: finance@example.com}
expires: 2027-03-31
review_by: 2027-01-15
`)
  expect(boundary.sandbox).toEqual({
    isolated: true,
    credentials: 'none',
    egress: 'allowlist',
    hosts: ['api.example.com', '*.example.org:443'],
    filesystem: 'workspace',
    time: 1_800_000,
    memory: 4 * 2 ** 30,
    processes: 200,
  })
  expect(boundary.mcp_scopes).toEqual({ calendar: ['read', 'write'], local: ['read'] })
  expect(boundary.limits).toEqual({
    calls_per_minute: 10,
    spend_per_day: { amount: 499.9, currency: 'EUR' },
    spend_per_hour: { amount: 100, currency: 'EUR' },
    tokens_per_hour: 200_000,
    concurrent_runs: 2,
    run_length: 5_400_000,
  })
  expect(boundary.autonomous[1]?.override).toBe('Colleagues expect an invitation within minutes.')
  expect(boundary.kill_switch).toEqual({ scope: 'agent', tested: 'quarterly' })
  expect(boundary.expires).toEqual({ at: Date.UTC(2027, 3, 1) })
  expect(boundary.accountable).toEqual({ spending: 'finance@example.com' })
})

const WRONG: [what: string, source: string, code: BoundaryErrorCode, at: string, path: string][] = [
  ['no agent', 'audit: all_tool_calls', 'missing_key', '1:1', 'agent'],
  ['nothing at all', '', 'missing_key', '1:1', 'agent'],
  ['only a comment', '# later', 'missing_key', '1:1', 'agent'],
  ['a list', '- agent: a', 'wrong_type', '1:1', ''],
  ['an unknown key', 'agent: ab\nautonomus: [x]', 'unknown_key', '2:1', 'autonomus'],
  ['a repeated key', 'agent: ab\naudit: all_tool_calls\naudit: all_tool_calls', 'duplicate_key', '3:1', 'audit'],
  [
    'a repeated server',
    'agent: ab\nmcp_scopes:\n  crm: [read]\n  crm: [write]',
    'duplicate_key',
    '4:3',
    'mcp_scopes.crm',
  ],
  ['a merge key', 'agent: ab\n<<: {never: [x]}', 'unknown_key', '2:1', '<<'],
  ['a bad slug', 'agent: Support Triage', 'invalid_name', '1:8', 'agent'],
  ['an empty section', 'agent: ab\nnever:', 'wrong_type', '2:7', 'never'],
  ['text for a list', 'agent: ab\nnever: drop', 'wrong_type', '2:8', 'never'],
  ['a wildcard', 'agent: ab\nautonomous: ["crm.*"]', 'invalid_name', '2:14', 'autonomous[0]'],
  ['a name with a blank', 'agent: ab\nnever:\n  - drop all', 'invalid_name', '3:5', 'never[0]'],
  ['a list in a list', 'agent: ab\nnever:\n  - [x]', 'wrong_type', '3:5', 'never[0]'],
  ['a rule without a tool', 'agent: ab\nnever:\n  - {when: "true"}', 'missing_key', '3:5', 'never[0]'],
  [
    'an override under never',
    'agent: ab\nnever:\n  - {tool: x, override: y}',
    'unknown_key',
    '3:15',
    'never[0].override',
  ],
  ['the same rule twice', 'agent: ab\nnever: [x, y, x]', 'duplicate_entry', '2:15', 'never[2]'],
  ['an unknown access', 'agent: ab\nmcp_scopes: {crm: [reed]}', 'unknown_value', '2:20', 'mcp_scopes.crm[0]'],
  ['no access', 'agent: ab\nmcp_scopes: {crm: []}', 'wrong_type', '2:19', 'mcp_scopes.crm'],
  ['an access twice', 'agent: ab\nmcp_scopes: {crm: [read, read]}', 'duplicate_entry', '2:19', 'mcp_scopes.crm'],
  ['a server with a blank', 'agent: ab\nmcp_scopes: {"c r": [read]}', 'invalid_name', '2:14', 'mcp_scopes.c r'],
  ['another audit', 'agent: ab\naudit: none', 'unknown_value', '2:8', 'audit'],
  ['an unknown sandbox', 'agent: ab\nsandbox: isolated, vibes', 'unknown_value', '2:10', 'sandbox'],
  ['a sandbox with more time than there is', 'agent: ab\nsandbox: {time: 25h}', 'out_of_range', '2:17', 'sandbox.time'],
  ['memory without a unit', 'agent: ab\nsandbox: {memory: 512}', 'out_of_range', '2:19', 'sandbox.memory'],
  ['no memory to speak of', 'agent: ab\nsandbox: {memory: 1MB}', 'out_of_range', '2:19', 'sandbox.memory'],
  ['no processes', 'agent: ab\nsandbox: {processes: 0}', 'out_of_range', '2:22', 'sandbox.processes'],
  ['half a process', 'agent: ab\nsandbox: {processes: 1.5}', 'out_of_range', '2:22', 'sandbox.processes'],
  [
    'a sandbox that says two things',
    'agent: ab\nsandbox: no network, egress = allowlist only',
    'unknown_value',
    '2:10',
    'sandbox',
  ],
  [
    'hosts without an allow-list',
    'agent: ab\nsandbox: {isolated: true, hosts: [a.example]}',
    'unknown_value',
    '2:27',
    'sandbox.hosts',
  ],
  [
    'an unknown kill switch',
    'agent: ab\nkill_switch: org-wide, tested sometimes',
    'unknown_value',
    '2:14',
    'kill_switch',
  ],
  ['a limit of nothing', 'agent: ab\nlimits: {calls_per_day: 0}', 'out_of_range', '2:25', 'limits.calls_per_day'],
  ['a limit in words', 'agent: ab\nlimits: {calls_per_day: many}', 'out_of_range', '2:25', 'limits.calls_per_day'],
  [
    'money without a currency',
    'agent: ab\nlimits: {spend_per_day: 500}',
    'out_of_range',
    '2:25',
    'limits.spend_per_day',
  ],
  ['money nobody has', 'agent: ab\nlimits: {spend_per_day: 500 EUX}', 'out_of_range', '2:25', 'limits.spend_per_day'],
  ['no money', 'agent: ab\nlimits: {spend_per_day: 0 EUR}', 'out_of_range', '2:25', 'limits.spend_per_day'],
  ['a run without end', 'agent: ab\nlimits: {run_length: 2}', 'out_of_range', '2:22', 'limits.run_length'],
  ['a limit of another kind', 'agent: ab\nlimits: {calls_per_year: 1}', 'unknown_key', '2:10', 'limits.calls_per_year'],
  ['a day that does not exist', 'agent: ab\nexpires: 2027-02-30', 'unknown_value', '2:10', 'expires'],
  ['a term too long', 'agent: ab\nexpires: 900 days', 'unknown_value', '2:10', 'expires'],
  ['a review at no day', 'agent: ab\nreview_by: soon', 'unknown_value', '2:12', 'review_by'],
  ['an unknown kind of action', 'agent: ab\naccountable: {fun: me}', 'unknown_key', '2:15', 'accountable.fun'],
  ['words too long', `agent: ab\npurpose: ${'a'.repeat(501)}`, 'out_of_range', '2:10', 'purpose'],
  ['bad CEL', 'agent: ab\nnever: [{tool: x, when: "args.a =="}]', 'invalid_condition', '2:25', 'never[0].when'],
  [
    'an unknown variable',
    'agent: ab\nnever: [{tool: x, when: "arg.a == 1"}]',
    'invalid_condition',
    '2:25',
    'never[0].when',
  ],
  ['an anchor', 'agent: &a ab', 'not_allowed_in_boundaries', '1:8', ''],
  ['an alias', 'agent: ab\nnever: *a', 'not_allowed_in_boundaries', '2:8', ''],
  ['a tag', 'agent: !!str ab', 'not_allowed_in_boundaries', '1:8', ''],
  ['a directive', '%YAML 1.1\n---\nagent: ab', 'not_allowed_in_boundaries', '1:1', ''],
  ['an explicit key', '? agent\n: ab', 'not_allowed_in_boundaries', '1:1', ''],
  ['two documents', 'agent: ab\n---\nagent: cd', 'not_allowed_in_boundaries', '2:1', ''],
  ['a tab', 'agent: ab\nnever:\n\t- x', 'invalid_yaml', '3:1', ''],
  ['an open bracket', 'agent: ab\nnever: [x', 'invalid_yaml', '2:10', ''],
  ['a list as a key', 'agent: ab\n[a]: b', 'invalid_yaml', '2:1', ''],
  ['a zero-width space', 'agent: ab\nnever: [dr\u200bop]', 'invisible_character', '2:11', ''],
  ['a bidi override', 'agent: ab # \u202e', 'invisible_character', '1:13', ''],
  ['a control character', 'agent: ab # \u0007', 'invisible_character', '1:13', ''],
  ['lists without end', '['.repeat(5000), 'too_deep', '1:7', ''],
  ['dashes without end', '- '.repeat(5000), 'too_deep', '1:7', ''],
  ['a staircase', Array.from({ length: 100 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'too_deep', '42:1', ''],
  ['too much', `# ${'a'.repeat(MAX_BYTES)}`, 'too_large', '1:1', ''],
]

describe('what is refused', () => {
  test.each(WRONG)('%s', (_, source, code, at, path) => {
    const parsed = parseBoundary(source)
    if (parsed.ok) throw new Error('it was accepted')
    const places = parsed.errors.map((error) => `${error.code} ${error.line}:${error.column} ${error.path}`)
    expect(places).toContain(`${code} ${at} ${path}`)
    for (const { message } of parsed.errors) expect(message).toMatch(/^[A-Z"].*[.?]$/s)
  })

  test('is told all at once, in the order of the text', () => {
    const parsed = parseBoundary('audit: some\nnever: x\nagent: A\nfoo: 1\n')
    expect(parsed.ok ? [] : parsed.errors.map(({ code }) => code)).toEqual([
      'unknown_value',
      'wrong_type',
      'invalid_name',
      'unknown_key',
    ])
  })

  test('comes with the nearest known word', () => {
    const parsed = parseBoundary('agent: ab\naproval_required: [x]')
    expect(parsed.ok ? '' : parsed.errors[0]?.message).toContain('"approval_required"')
  })

  test('bytes that are not UTF-8', () => {
    const parsed = parseBoundary(Buffer.from([0x61, 0xff]))
    expect(parsed.ok ? [] : parsed.errors.map(({ code }) => code)).toEqual(['not_utf8'])
  })

  test('a boundary for another agent', () => {
    const parsed = parseBoundary(SAMPLE, 'billing-bot')
    expect(parsed.ok ? [] : parsed.errors.map(({ code }) => code)).toEqual(['wrong_agent'])
  })

  test('a text of nothing but trouble, without taking the process with it', () => {
    for (const piece of [
      '- ',
      '? ',
      '{',
      '[',
      '{a: ',
      '&a ',
      '*a ',
      '!a ',
      ': ',
      '- &a ',
      '"',
      "'",
      '|\n',
      '---\n',
      '%\n',
      '\\',
      '#',
      'a: ',
      '\n ',
      ',',
      '}',
      ']',
    ]) {
      expect(parseBoundary(piece.repeat(Math.floor(MAX_BYTES / piece.length))).ok).toBe(false)
    }
  })
})

test('words that other YAML readers take for something else stay words', () => {
  expect(read('agent: no').agent).toBe('no')
  expect(read('agent: ab\nnever: [yes, 0x10, 1e3, null]').never.map(({ tool }) => tool)).toEqual([
    'yes',
    '0x10',
    '1e3',
    'null',
  ])
})

test('the digest covers the meaning and every character of the text', () => {
  const digest = (source: string) => boundaryDigest(read(source), source).toString('hex')
  expect(digest(SAMPLE)).toBe(digest(SAMPLE))
  expect(digest(`${SAMPLE}# fine`)).not.toBe(digest(SAMPLE))
  expect(digest(SAMPLE.replace('[read]', '[write]'))).not.toBe(digest(SAMPLE))
})

test('a baseline has rules and limits, and nothing that could permit', () => {
  const parsed = parseBaseline(
    'never: [wipe]\napproval_required: [{tool: pay, when: args.amount > 1000}]\nlimits: {calls_per_hour: 500}',
  )
  expect(parsed.ok && parsed.document.limits).toEqual({ calls_per_hour: 500 })
  expect(parseBaseline('autonomous: [x]').ok).toBe(false)
  expect(parseBaseline('mcp_scopes: {crm: [read]}').ok).toBe(false)
})
