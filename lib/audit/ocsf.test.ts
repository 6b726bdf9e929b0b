import { describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { type Entry } from '@/lib/ledger/entry'
import { ENTRY_KINDS, type EntryKind } from '@/lib/ledger/entry-kinds'
import { toOcsf } from './ocsf'
import { ACTIVITY_NAMES, classOf } from './ocsf-map'

const agent = newId()
const person = newId()
const entry = (kind: EntryKind, rest: Partial<Entry> = {}): Entry => ({
  v: 1,
  id: newId(),
  time: '2026-05-04T03:02:01.000Z',
  kind,
  actor: 'agent',
  agent,
  ...rest,
})
const event = (one: Entry, rest: object = {}) =>
  toOcsf({ index: 7, entry: one, leaf: 'ab'.repeat(32), ...rest }, 'countersign/abc') as Record<string, unknown>

/** What schema.ocsf.io 1.8.0 requires: of every event, and of each class. */
const ALWAYS = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid']
const REQUIRED = {
  api_activity: ['actor', 'api', 'src_endpoint'],
  entity_management: ['entity'],
  detection_finding: ['finding_info'],
}

describe('an entry as an OCSF 1.8 event', () => {
  it.each(ENTRY_KINDS)('%s has every attribute its class requires, and an activity the class knows', (kind) => {
    const made = event(entry(kind, { about: { alert: newId(), halt: newId(), person } }))
    const { name, uid } = classOf(kind)
    for (const attribute of [...ALWAYS, ...REQUIRED[name]]) expect(made).toHaveProperty(attribute)
    expect(made).toMatchObject({ class_uid: uid, type_uid: uid * 100 + (made['activity_id'] as number) })
    expect(ACTIVITY_NAMES[name]).toHaveProperty(String(made['activity_id']))
    expect(made['metadata']).toMatchObject({
      version: '1.8.0',
      product: { name: 'Countersign' },
      event_code: kind,
      sequence: 7,
    })
    expect(made['time']).toBe(Date.parse('2026-05-04T03:02:01.000Z'))
  })

  it.each([
    ['allow', 1, 1],
    ['hold', 0, 14],
    ['forbid', 2, 2],
    ['approved', 1, 8],
    ['rejected', 2, 25],
  ] as const)('a decision to %s says what the control did', (outcome, action, disposition) => {
    const made = event(
      entry('action.decided', {
        outcome,
        tool: 'edr.isolate_host',
        class: { access: 'write' },
        boundary: { version: 4, digest: `sha256:${'0'.repeat(64)}` },
      }),
    )
    expect(made).toMatchObject({
      class_uid: 6003,
      type_uid: 600303,
      action_id: action,
      disposition_id: disposition,
      api: { operation: 'edr.isolate_host', service: { name: 'edr' } },
      actor: { app_uid: agent },
      src_endpoint: { uid: agent },
      policy: { uid: `sha256:${'0'.repeat(64)}`, version: '4' },
      metadata: { profiles: ['security_control'] },
    })
  })

  it('an actor satisfies the schema’s "at least one of", whoever it is', () => {
    expect(event(entry('agent.suspended', { actor: `person:${person}` }))['actor']).toEqual({
      user: { uid: person, type_id: 1, type: 'User' },
    })
    expect(event(entry('approval.expired', { actor: 'system' }))['actor']).toEqual({ app_name: 'Countersign' })
    expect(event(entry('action.decided'), { agent: 'soc-triage' })['actor']).toEqual({
      app_uid: agent,
      app_name: 'soc-triage',
    })
  })

  it('loses nothing: what the schema has no place for is unmapped, with what finds the proof', () => {
    const one = entry('action.decided', {
      outcome: 'forbid',
      reason: 'never',
      rule: 'never[0]',
      owner: person,
      accountable: `person:${person}`,
      verdicts: [{ person, answer: 'approve', capability: 'analyst' }],
      commitment: 'A'.repeat(43),
    })
    expect(event(one)['unmapped']).toEqual({
      countersign: {
        id: one.id,
        owner: person,
        accountable: `person:${person}`,
        outcome: 'forbid',
        reason: 'never',
        rule: 'never[0]',
        verdicts: one.verdicts,
        commitment: one.commitment,
        log_index: 7,
        leaf_hash: 'ab'.repeat(32),
      },
    })
  })

  it('a halt in force is of high severity, a drill is not', () => {
    const halt = { actor: `person:${person}`, about: { halt: newId() } } as const
    expect(event(entry('halt.engaged', halt))).toMatchObject({ severity_id: 4, entity: { uid: halt.about.halt } })
    expect(event(entry('halt.engaged', { ...halt, labels: ['drill'] }))).toMatchObject({ severity_id: 1 })
  })
})
