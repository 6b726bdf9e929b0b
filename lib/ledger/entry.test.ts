import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '@/lib/core/canonical'
import { uuidv7 } from '@/lib/core/ids'
import { ABOUT, columnsOf, encodeEntry, OUTCOMES, parseEntry, type EntryFacts } from '@/lib/ledger/entry'
import { ENTRY_KINDS, type EntryKind } from '@/lib/ledger/entry-kinds'

const now = Date.UTC(2026, 10, 20, 12)
const id = (n: number) => uuidv7(now, new Uint8Array(10).fill(n))
const full: EntryFacts & { id: string; commitment: string } = {
  id: id(1),
  kind: 'action.decided',
  actor: 'agent',
  agent: id(2),
  owner: id(3),
  accountable: `team:${id(4)}`,
  run: id(5),
  action: id(6),
  outcome: 'hold',
  reason: 'customer_facing',
  rule: 'approval_required[1]',
  boundary: { version: 4, digest: `sha256:${'ab'.repeat(32)}` },
  tool: 'crm.refund_request',
  class: { access: 'write', reversible: false, audience: 'customer', production: true, spends: true },
  verdicts: [{ person: id(7), answer: 'approve', capability: 'approval.decide' }],
  about: { person: id(9), approval: id(8), halt: null },
  labels: ['drill', 'break_glass'],
  commitment: 'A'.repeat(43),
}

const vkey = `log.example+deadbeef+${'A'.repeat(44)}`
const signature = `${'A'.repeat(86)}==`
const succession = { old: vkey, new: vkey, old_signature: signature, new_signature: signature }
const moment = '2026-11-20T12:00:00.000Z'
/** What some kinds say that no other may. */
const OWN: Partial<Record<EntryKind, Partial<EntryFacts>>> = {
  'ledger.key_rotated': { succession },
  'ledger.continued': { succession },
  'retention.applied': { retention: { class: 'read_actions', count: 2, from: moment, until: moment } },
}

describe('an entry', () => {
  it('is written as its RFC 8785 form', () => {
    for (const facts of [full, { id: id(1), kind: 'halt.engaged', actor: 'system' } as const]) {
      const bytes = encodeEntry(facts)
      expect(bytes).toEqual(canonicalBytes(JSON.parse(bytes.toString())))
    }
  })

  it('is read back whole, and carries the moment of its id', () => {
    expect(parseEntry(encodeEntry(full))).toEqual({
      ...full,
      about: { approval: id(8), person: id(9) },
      time: '2026-11-20T12:00:00.000Z',
      v: 1,
    })
  })

  it('says which columns it is found by', () => {
    const entry = parseEntry(encodeEntry({ ...full, actor: `person:${id(7)}` }))
    expect(entry && columnsOf(entry)).toEqual({
      kind: 'action.decided',
      agentId: id(2),
      actionId: id(6),
      runId: id(5),
      personId: id(7),
      outcome: 'hold',
      reasonCode: 'customer_facing',
    })
  })

  it('takes every kind and every outcome', () => {
    for (const kind of ENTRY_KINDS) {
      expect(kind).toMatch(/^[a-z_]+\.[a-z_]+$/)
      expect(() => encodeEntry({ ...full, kind, ...OWN[kind] })).not.toThrow()
    }
    for (const outcome of OUTCOMES) expect(() => encodeEntry({ ...full, outcome })).not.toThrow()
    expect([...ABOUT].sort()).toEqual(ABOUT)
  })

  it.each<[string, object]>([
    ['kind', { kind: 'action.imagined' }],
    ['outcome', { outcome: 'maybe' }],
    ['actor', { actor: 'dana@example.com' }],
    ['actor', { actor: 'person:dana' }],
    ['agent', { agent: null }],
    ['agent', { agent: 'billing-bot' }],
    ['owner', { owner: 'Dana Weiss' }],
    ['accountable', { accountable: 'Customer support' }],
    ['reason', { reason: 'because Dana said so' }],
    ['rule', { rule: 'a rule\nof two lines' }],
    ['tool', { tool: 'send mail to dana' }],
    ['labels', { labels: ['for Dana'] }],
    ['about', { about: { dana: id(1) } }],
    ['about', { about: { person: 'dana' } }],
    ['boundary', { boundary: { version: 0, digest: `sha256:${'ab'.repeat(32)}` } }],
    ['boundary', { boundary: { version: 1, digest: 'ab' } }],
    ['commitment', { commitment: 'short' }],
    ['class', { class: { access: 'admin' } }],
    ['class', { class: { access: 'read', spends: 'yes' } }],
    ['id', { id: 'not an id' }],
  ])('refuses a %s that is not of its closed form: %j', (field, change) => {
    expect(() => encodeEntry({ ...full, ...change })).toThrow(
      expect.objectContaining({ code: 'cannot_record', field }) as Error,
    )
  })

  it.each([
    ['another order of keys', (text: string) => text.replace(/^\{("about":\{[^}]*\}),(.*)\}$/, '{$2,$1}')],
    ['a space', (text: string) => text.replace(':', ': ')],
    ['a key we do not know', (text: string) => text.replace('{', '{"a":1,')],
    ['the same key twice', (text: string) => text.replace('"v":1', '"v":1,"v":1')],
    ['another time than its id', (text: string) => text.replace('12:00', '13:00')],
    ['another version', (text: string) => text.replace('"v":1', '"v":2')],
    ['nothing', () => ''],
    ['null', () => 'null'],
  ])('bytes with %s are not an entry', (_, change) => {
    expect(parseEntry(Buffer.from(change(encodeEntry(full).toString())))).toBeNull()
  })
})
