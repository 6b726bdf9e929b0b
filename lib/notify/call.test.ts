import { describe, expect, test } from 'vitest'
import { ENTRY_KINDS } from '@/lib/ledger/entry-kinds'
import { callsOf, type Told } from './call'

const ID = '01900000-0000-7000-8000-000000000001'
const PERSON = '01900000-0000-7000-8000-000000000002'
const entry = (given: Partial<Told> & Pick<Told, 'kind'>): Told => ({
  actor: 'agent',
  agent: ID,
  owner: PERSON,
  ...given,
})
const short = (told: Told) => callsOf(told).map(({ kind, what, act, to }) => [kind, what, act, to])

describe('what an entry gives people to hear', () => {
  test('a held action: those who may answer, and who asked; an allowed or forbidden one nothing by itself', () => {
    const about = { approval: ID }
    expect(short(entry({ kind: 'action.decided', outcome: 'hold', about }))).toEqual([
      ['request', 'asked', 'trigger', 'seats'],
      ['asked_for', 'asked', 'trigger', 'requester'],
    ])
    expect(short(entry({ kind: 'action.decided', outcome: 'allow', about: {} }))).toEqual([])
    expect(short(entry({ kind: 'action.decided', outcome: 'forbid', about: { approval: null } }))).toEqual([])
  })

  test.each([
    ['approval.approved', 'approved'],
    ['approval.rejected', 'rejected'],
    ['approval.expired', 'expired'],
  ] as const)('%s closes what was opened, and tells who asked', (kind, what) => {
    expect(short(entry({ kind, about: { approval: ID } }))).toEqual([
      ['request', what, 'resolve', 'nobody'],
      ['asked_for', what, 'trigger', 'requester'],
    ])
  })

  test('an agent’s answer to a question tells whoever may go on and decide', () => {
    expect(short(entry({ kind: 'approval.answered', about: { approval: ID } }))).toEqual([
      ['request', 'answered', 'trigger', 'seats'],
    ])
  })

  test('an escalation tells those it names by role beside those who may answer', () => {
    const escalated = entry({ kind: 'approval.escalated', about: { approval: ID }, labels: ['told', 'ciso'] })
    expect(callsOf(escalated)[0]).toMatchObject({ kind: 'escalated', to: 'escalated', words: ['told', 'ciso'] })
  })

  test('what its agent gave up or what changed closes what was opened, and tells nobody', () => {
    for (const kind of ['action.withdrawn', 'approval.superseded'] as const)
      expect(short(entry({ kind, about: { approval: ID } }))).toEqual([['request', 'ended', 'resolve', 'nobody']])
    expect(short(entry({ kind: 'action.withdrawn', about: {} }))).toEqual([])
  })

  test('what ended without its agent’s doing tells who asked, too', () => {
    const about = { approval: ID }
    for (const kind of ['action.withdrawn', 'approval.superseded'] as const)
      expect(short(entry({ kind, actor: 'system', about }))).toEqual([
        ['request', 'ended', 'resolve', 'nobody'],
        ['asked_for', 'ended', 'trigger', 'requester'],
      ])
    expect(short(entry({ kind: 'action.expired', actor: 'system', outcome: 'expired', about }))).toEqual([
      ['asked_for', 'ended', 'trigger', 'requester'],
    ])
    // what was begun, and has no outcome
    expect(short(entry({ kind: 'action.expired', actor: 'system', about }))).toEqual([])
  })

  test('an alert of a halt to look at again tells who engaged it, whose agent it is not', () => {
    const about = { alert: ID, halt: ID, person: PERSON }
    const told = callsOf(
      entry({ kind: 'alert.raised', agent: null, owner: null, about, labels: ['halt_look_again', 'warning'] }),
    )
    expect(told).toMatchObject([{ kind: 'alert', to: 'guards', ownerId: PERSON }])
  })

  test('an alert by how loud it is, again when it grows louder, and its end', () => {
    const told = (kind: Told['kind'], labels: string[]) => callsOf(entry({ kind, labels, about: { alert: ID } }))[0]
    expect(told('alert.raised', ['forbidden', 'warning'])).toMatchObject({
      severity: 'warning',
      urgent: false,
      to: 'guards',
    })
    expect(told('alert.escalated', ['forbidden', 'critical', 'unacknowledged'])).toMatchObject({
      severity: 'critical',
      urgent: true,
    })
    expect(told('alert.raised', ['x', 'warning'])?.group).not.toBe(told('alert.escalated', ['x', 'critical'])?.group)
    expect(told('alert.acknowledged', [])).toMatchObject({ act: 'resolve', to: 'nobody', thread: `alert:${ID}` })
  })

  test('a halt is always urgent, from its start to its end', () => {
    for (const [kind, act] of [
      ['halt.engaged', 'trigger'],
      ['halt.lift_voted', 'acknowledge'],
      ['halt.lifted', 'resolve'],
    ] as const)
      expect(callsOf(entry({ kind, actor: `person:${PERSON}`, about: { halt: ID } }))[0]).toMatchObject({
        act,
        urgent: true,
        byId: PERSON,
      })
  })

  test('drafts of one agent are alike: the last replaces those before', () => {
    const draft = (id: string) => callsOf(entry({ kind: 'boundary.drafted', about: { boundary: id } }))[0]
    expect(draft(ID)?.group).toBe(draft(PERSON)?.group)
    expect(draft(ID)).toMatchObject({ kind: 'signature', to: 'signers' })
  })

  test('nothing of what channels and notifications themselves record, so that no message ever makes another', () => {
    const own = ENTRY_KINDS.filter((kind) => /^(?:channel|notifications|stream|payload|session)\./.test(kind))
    expect(own.length).toBeGreaterThan(10)
    for (const kind of own) expect(callsOf(entry({ kind, about: { channel: ID } }))).toEqual([])
  })
})
