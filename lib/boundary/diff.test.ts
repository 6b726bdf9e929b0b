import { describe, expect, test } from 'vitest'
import type { CatalogueTool } from '@/lib/tools/tool'
import type { Baseline, Boundary } from './boundary'
import { headline, tallied, type Direction } from './change'
import { diffBaselines, diffBoundaries } from './diff'
import { parseBaseline, parseBoundary } from './parse'
import { reachOf, reachSentence, sentenceText } from './reach'

const catalogue: CatalogueTool[] = [
  { name: 'edr.isolate_host', class: { access: 'write', reversible: false, production: true } },
  { name: 'edr.inventory', class: { access: 'read' } },
  { name: 'tickets.add_comment', class: { access: 'write', reversible: true } },
  { name: 'crm.refund_request', class: { access: 'write', spends: true } },
  { name: 'mail.search', class: { access: 'read' } },
]
const read = (source: string): Boundary => {
  const parsed = parseBoundary(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.document
}
const doc = (rest: string) => read(`agent: soc-triage\n${rest}`)
const diff = (before: string, after: string, terms = { before: 90, after: 90 }) =>
  diffBoundaries(doc(before), doc(after), catalogue, terms)

describe('every edit has its direction', () => {
  const SCOPED = 'mcp_scopes:\n  edr: [read]\n  tickets: [read, write]\n'
  const rows: [name: string, before: string, after: string, expected: Direction[]][] = [
    ['the same text', SCOPED, SCOPED, []],
    ['a scope more', 'mcp_scopes:\n  edr: [read]', 'mcp_scopes:\n  edr: [read, write]', ['wider']],
    ['a server less', SCOPED, 'mcp_scopes:\n  edr: [read]', ['narrower', 'narrower']],
    ['an autonomous entry more', '', 'autonomous:\n  - edr.isolate_host', ['wider']],
    ['an autonomous entry less', 'autonomous:\n  - edr.isolate_host', '', ['narrower']],
    [
      'an override given',
      'autonomous:\n  - edr.isolate_host',
      'autonomous:\n  - tool: edr.isolate_host\n    override: reimaged within the hour',
      ['wider'],
    ],
    [
      'an override withdrawn',
      'autonomous:\n  - tool: edr.isolate_host\n    override: yes',
      'autonomous:\n  - edr.isolate_host',
      ['narrower'],
    ],
    [
      'another reason for an override',
      'autonomous:\n  - tool: edr.isolate_host\n    override: one',
      'autonomous:\n  - tool: edr.isolate_host\n    override: two',
      ['other'],
    ],
    [
      'a condition added',
      'autonomous:\n  - edr.inventory',
      'autonomous:\n  - tool: edr.inventory\n    when: args.n < 3',
      ['narrower'],
    ],
    [
      'a condition added with an override',
      'autonomous:\n  - edr.inventory',
      'autonomous:\n  - tool: edr.inventory\n    when: args.n < 3\n    override: x',
      ['wider'],
    ],
    [
      'a condition taken away',
      'autonomous:\n  - tool: edr.inventory\n    when: args.n < 3',
      'autonomous:\n  - edr.inventory',
      ['wider'],
    ],
    [
      'a condition altered',
      'autonomous:\n  - tool: edr.inventory\n    when: args.n < 3',
      'autonomous:\n  - tool: edr.inventory\n    when: args.n < 4',
      ['wider'],
    ],
    [
      'an autonomous entry beside a hold on the same tool, which has no effect',
      'approval_required:\n  - edr.isolate_host',
      'approval_required:\n  - edr.isolate_host\nautonomous:\n  - tool: edr.isolate_host\n    override: x',
      ['other'],
    ],
    [
      'a hold dropped that hid an autonomous entry',
      'approval_required:\n  - edr.inventory\nautonomous:\n  - edr.inventory',
      'autonomous:\n  - edr.inventory',
      ['wider'],
    ],
    ['a hold on what ran alone', SCOPED, `${SCOPED}approval_required:\n  - tickets.add_comment`, ['narrower']],
    ['a hold on what was out of scope', SCOPED, `${SCOPED}approval_required:\n  - crm.refund_request`, ['wider']],
    [
      'a hold on a write where only reading was in scope',
      SCOPED,
      `${SCOPED}approval_required:\n  - edr.isolate_host`,
      ['wider'],
    ],
    ['a hold by a bare name out of scope', SCOPED, `${SCOPED}approval_required:\n  - refund_request`, ['wider']],
    ['a hold by a bare name in scope', SCOPED, `${SCOPED}approval_required:\n  - add_comment`, ['narrower']],
    ['a hold by a bare name nobody knows', SCOPED, `${SCOPED}approval_required:\n  - who_knows`, ['wider']],
    ['a hold less, in scope', `${SCOPED}approval_required:\n  - tickets.add_comment`, SCOPED, ['wider']],
    ['a hold less, out of scope', `${SCOPED}approval_required:\n  - crm.refund_request`, SCOPED, ['narrower']],
    [
      'a hold on a tool with a dot in its name, beside a hold on a tool of the server its name begins with',
      'approval_required:\n  - b.c',
      'approval_required:\n  - b.c\n  - a.b.c',
      ['wider'],
    ],
    [
      'an autonomous tool with a dot in its name, beside the same',
      'approval_required:\n  - b.c',
      'approval_required:\n  - b.c\nautonomous:\n  - a.b.c',
      ['wider'],
    ],
    [
      'a hold less that asked somebody of its own, beside one that holds the same',
      'approval_required:\n  - tool: crm.refund_request\n    by: ciso\n  - refund_request',
      'approval_required:\n  - refund_request',
      ['wider'],
    ],
    [
      'the workspace of commands less, where some are never',
      'surfaces: {commands: {workspace: /app, never: ["rm x"]}}',
      'surfaces: {commands: {never: ["rm x"]}}',
      ['wider'],
    ],
    [
      'a hold that hands to one person what its class would have asked an analyst',
      SCOPED,
      `${SCOPED}approval_required:\n  - tool: tickets.add_comment\n    by: ann@example.com`,
      ['wider'],
    ],
    [
      'a hold that takes a passkey to approve, where it took none',
      'approval_required:\n  - tool: mail.search\n    within: 4h',
      'approval_required:\n  - tool: mail.search\n    within: 4h\n    passkey: true',
      ['narrower'],
    ],
    [
      'a hold that takes a passkey to reject, too: stopping is harder',
      'approval_required:\n  - tool: mail.search\n    passkey: true',
      'approval_required:\n  - tool: mail.search\n    passkey: both',
      ['wider'],
    ],
    [
      'a hold that takes no passkey any more',
      'approval_required:\n  - tool: mail.search\n    passkey: true',
      'approval_required:\n  - mail.search',
      ['wider'],
    ],
    [
      'a hold with a passkey less, beside one that holds the same',
      'approval_required:\n  - tool: crm.refund_request\n    passkey: true\n  - refund_request',
      'approval_required:\n  - refund_request',
      ['wider'],
    ],
    [
      'one more hold, with a passkey to approve',
      SCOPED,
      `${SCOPED}approval_required:\n  - tool: tickets.add_comment\n    passkey: true`,
      ['narrower'],
    ],
    [
      'one more hold, with a passkey to reject',
      SCOPED,
      `${SCOPED}approval_required:\n  - tool: tickets.add_comment\n    passkey: both`,
      ['wider'],
    ],
    ['one more never', SCOPED, `${SCOPED}never:\n  - tickets.add_comment`, ['narrower']],
    ['one never less', `${SCOPED}never:\n  - tickets.add_comment`, SCOPED, ['wider']],
    [
      'a never under a condition only',
      `${SCOPED}never:\n  - mail.search`,
      `${SCOPED}never:\n  - tool: mail.search\n    when: args.n > 3`,
      ['wider', 'narrower'],
    ],
    ['a lower limit', 'limits:\n  calls_per_hour: 400', 'limits:\n  calls_per_hour: 250', ['narrower']],
    ['a higher limit', 'limits:\n  calls_per_hour: 400', 'limits:\n  calls_per_hour: 500', ['wider']],
    ['a first limit', '', 'limits:\n  calls_per_hour: 500', ['narrower']],
    ['a limit dropped', 'limits:\n  calls_per_hour: 400', '', ['wider']],
    ['money: less', 'limits:\n  spend_per_day: 500 EUR', 'limits:\n  spend_per_day: 499.99 EUR', ['narrower']],
    ['money: more', 'limits:\n  spend_per_day: 500 EUR', 'limits:\n  spend_per_day: 500.01 EUR', ['wider']],
    [
      'money: less, of another currency',
      'limits:\n  spend_per_day: 500 EUR',
      'limits:\n  spend_per_day: 1 USD',
      ['wider'],
    ],
    ['money: written otherwise', 'limits:\n  spend_per_day: 500 EUR', 'limits:\n  spend_per_day: EUR 500.00', []],
    ['shorter runs', 'limits:\n  run_length: 2h', 'limits:\n  run_length: 119m', ['narrower']],
    ['longer runs', 'limits:\n  run_length: 2h', 'limits:\n  run_length: 1d', ['wider']],
    ['fewer runs at a time', 'limits:\n  concurrent_runs: 2', 'limits:\n  concurrent_runs: 1', ['narrower']],
    ['a limit for another', 'limits:\n  tokens_per_day: 9', 'limits:\n  tokens_per_hour: 9', ['wider', 'narrower']],
    ['a sandbox', '', 'sandbox: isolated, network egress = allowlist only', ['narrower', 'narrower']],
    ['a sandbox dropped', 'sandbox: isolated', '', ['wider']],
    ['a first limit of a sandbox', 'sandbox: {egress: none}', 'sandbox: {egress: none, memory: 1GB}', ['narrower']],
    ['less time', 'sandbox: {time: 30m}', 'sandbox: {time: 29m}', ['narrower']],
    ['more time', 'sandbox: {time: 30m}', 'sandbox: {time: 1h}', ['wider']],
    ['as much memory, in another unit', 'sandbox: {memory: 2GB}', 'sandbox: {memory: 2000MB}', []],
    ['more memory', 'sandbox: {memory: 2GB}', 'sandbox: {memory: 2GiB}', ['wider']],
    ['fewer processes', 'sandbox: {processes: 200}', 'sandbox: {processes: 99}', ['narrower']],
    ['processes no longer limited', 'sandbox: {processes: 200, egress: none}', 'sandbox: {egress: none}', ['wider']],
    ['one limit for another', 'sandbox: {time: 1h}', 'sandbox: {memory: 1GB}', ['wider', 'narrower']],
    [
      'a host more',
      'sandbox:\n  egress: allowlist\n  hosts: [a.example]',
      'sandbox:\n  egress: allowlist\n  hosts: [a.example, b.example]',
      ['wider'],
    ],
    [
      'a host less',
      'sandbox:\n  egress: allowlist\n  hosts: [a.example, b.example]',
      'sandbox:\n  egress: allowlist\n  hosts: [a.example]',
      ['narrower'],
    ],
    [
      'the last host less, which leaves any list',
      'sandbox:\n  egress: allowlist\n  hosts: [a.example]',
      'sandbox:\n  egress: allowlist',
      ['wider'],
    ],
    ['who answers', 'accountable:\n  spending: Ann', 'accountable:\n  spending: Ben', ['other']],
    ['what it is for', 'purpose: one', 'purpose: two', ['other']],
    ['the drills', 'kill_switch: org-wide, tested monthly', 'kill_switch: org-wide, tested quarterly', ['other']],
  ]
  test.each(rows)('%s', (_name, before, after, expected) => {
    expect(diff(before, after).map(({ direction }) => direction)).toEqual(expected)
  })

  test('a longer term is wider, a shorter one narrower', () => {
    const terms = { before: 90, after: 120 }
    expect(diff('', 'expires: 120 days', terms).map(({ direction }) => direction)).toEqual(['wider'])
    expect(diff('expires: 120 days', '', { before: 120, after: 90 }).map(({ direction }) => direction)).toEqual([
      'narrower',
    ])
  })

  test('a first version tells everything it grants', () => {
    const changes = diffBoundaries(null, doc(`${SCOPED}limits:\n  calls_per_hour: 9`), catalogue, {
      before: null,
      after: 90,
    })
    expect(tallied(changes)).toBe('3 wider, 1 other')
  })

  test('on the baseline, taking away widens', () => {
    const floor = (source: string): Baseline => {
      const parsed = parseBaseline(source)
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
      return parsed.document
    }
    const changes = diffBaselines(
      floor('never:\n  - iam.delete_user\napproval_required:\n  - mail.send'),
      floor('never:\n  - iam.delete_user\n  - wipe_disk'),
    )
    expect(changes.map(({ direction, subject }) => [direction, subject])).toEqual([
      ['wider', 'mail.send'],
      ['narrower', 'wipe_disk'],
    ])
  })
})

describe('the headline', () => {
  const of = (...directions: Direction[]) => directions.map((direction) => ({ direction }) as never)
  test.each([
    [of('wider', 'narrower', 'narrower'), 'Version 8 widens one thing and narrows two.'],
    [of('wider', 'wider'), 'Version 8 widens two things.'],
    [of('narrower'), 'Version 8 narrows one thing and widens nothing.'],
    [of('other'), 'Version 8 widens and narrows nothing.'],
    [of(), 'Version 8 means the same as the one in force.'],
  ])('%#', (changes, expected) => {
    expect(headline(8, changes, false)).toBe(expected)
  })
})

describe('the blast radius', () => {
  const said = (source: string) => sentenceText(reachSentence(reachOf(doc(source), catalogue)))
  test('is nothing without a boundary, and nothing under an empty one', () => {
    expect(sentenceText(reachSentence(null))).toBe('It can do nothing: no boundary is signed for it.')
    expect(said('')).toBe('Alone, it can do nothing.')
  })
  test('says what runs alone, how often, and who is asked', () => {
    const text = said(
      'mcp_scopes:\n  edr: [read]\n  tickets: [read, write]\napproval_required:\n  - edr.isolate_host\nnever:\n  - wipe\nlimits:\n  calls_per_hour: 400',
    )
    expect(text).toBe(
      'Alone, it can write at tickets what can be undone and read at edr and tickets, at most 400 calls an hour. ' +
        'A person is asked before edr.isolate_host. Never: wipe. ' +
        'Nothing it does alone leaves the organisation, spends money, touches production or is past undoing.',
    )
  })
  test('puts an overridden class first and promises nothing then', () => {
    const text = said('autonomous:\n  - tool: edr.isolate_host\n    override: reimaged within the hour')
    expect(text).toBe(
      'Alone, it can call edr.isolate_host, which cannot be undone and touches production, as often as it likes.',
    )
  })
  test('says so where nobody has classed what runs alone', () => {
    expect(said('autonomous:\n  - shell')).toContain('call shell, of which nobody has said what it does')
  })
  test('counts an autonomous tool whose class calls for a person among those that ask', () => {
    expect(said('autonomous:\n  - crm.refund_request')).toBe(
      'Alone, it can do nothing. A person is asked before crm.refund_request.',
    )
  })
  test('leaves out what is autonomous in one line and never in another', () => {
    expect(said('autonomous:\n  - crm.refund_request\nnever:\n  - refund_request')).toBe(
      'Alone, it can do nothing. Never: refund_request.',
    )
  })
})
