import { describe, expect, it } from 'vitest'
import { ACTS } from './acts'
import { can, isRead, mightEver, type Act, type Asking, type Subject } from './permission'
import { rolesProblem, type Role } from './role'

const ME = '019a0000-0000-7000-8000-000000000001'
const OTHER = '019a0000-0000-7000-8000-000000000002'

function person(roles: readonly Role[], more: Partial<Asking> = {}): Asking {
  return { id: ME, roles, onCall: false, deactivated: false, ...more }
}

/** One person of each kind; the last four hold nothing but a relation to the subject. */
const CAST: Readonly<Record<string, readonly [Asking, Subject]>> = {
  nobody: [person([]), {}],
  administrator: [person(['administrator']), {}],
  ciso: [person(['ciso']), {}],
  analyst: [person(['analyst']), {}],
  auditor: [person(['auditor']), {}],
  'on call': [person([], { onCall: true }), {}],
  owner: [person([]), { ownerId: ME }],
  drafter: [person([]), { drafterId: ME }],
  self: [person([]), { personId: ME }],
}

const ALL = 'nobody administrator ciso analyst auditor on-call owner drafter self'
const WRITERS = 'nobody administrator ciso analyst on-call owner drafter self'
const READERS = 'administrator ciso analyst auditor on-call owner'

/** DESIGN §7, written a second time by hand: who may do what to something nobody else has touched. */
const EXPECTED: Readonly<Record<Act, string>> = {
  'agent.read': ALL,
  'agent.register': WRITERS,
  'agent.edit': 'owner',
  'agent.accept_data': 'ciso owner',
  'agent.activate': 'owner',
  'agent.suspend': 'ciso analyst on-call owner',
  'agent.resume': 'ciso analyst',
  'agent.retire': 'administrator ciso owner',
  'agent.hand_over': 'administrator owner',
  'agent.take_over': WRITERS,
  'agent.review': 'ciso analyst',
  'credential.create': 'owner',
  'credential.rotate': 'owner',
  'credential.revoke': 'administrator ciso analyst on-call owner',
  'runner.enrol': 'owner',
  'enforcement_point.read': ALL,
  'enforcement_point.create': WRITERS,
  'enforcement_point.let_ask': 'owner',
  'enforcement_point.revoke': 'administrator ciso analyst on-call self',
  'tool.read': ALL,
  'tool.register': WRITERS,
  'tool.confirm': 'ciso analyst',
  'upstream.read': ALL,
  'upstream.propose': 'administrator ciso',
  'upstream.connect': 'ciso',
  'upstream.rekey': 'administrator ciso',
  'upstream.disconnect': 'administrator ciso analyst on-call owner',
  'resource.protect': 'ciso analyst',
  'resource.edit': 'ciso analyst owner',
  'resource.unprotect': 'ciso',
  'boundary.read': ALL,
  'boundary.test': ALL,
  'boundary.draft': 'owner',
  'boundary.sign': 'ciso',
  'boundary.return': 'ciso',
  'boundary.withdraw': 'owner drafter',
  'boundary.tighten': 'ciso analyst on-call owner',
  'boundary.override': 'ciso analyst',
  'boundary.simulate': 'ciso analyst auditor owner',
  'elevation.ask': 'ciso analyst on-call owner',
  'elevation.answer': 'nobody ciso analyst on-call drafter self',
  'elevation.end': 'ciso analyst on-call owner',
  'baseline.draft': 'ciso analyst',
  'baseline.sign': 'ciso',
  'approval.read': READERS,
  'approval.decide': 'nobody ciso analyst on-call drafter self',
  'attention.read_people': 'ciso auditor',
  'attention.govern': 'ciso',
  'halt.read': ALL,
  'halt.engage': 'ciso analyst on-call',
  'halt.lift': 'ciso analyst on-call',
  'halt_source.read': 'administrator ciso auditor',
  'halt_source.manage': 'administrator ciso',
  'drill.run': 'ciso analyst on-call',
  'drill.answer': 'ciso analyst on-call',
  'drill.schedule': 'administrator ciso',
  'alert.read': ALL,
  'alert.acknowledge': 'ciso analyst on-call owner',
  'review.read': READERS,
  'review.close': 'ciso analyst on-call owner',
  'scrutiny.read': ALL,
  'scrutiny.edit': 'ciso',
  'audit.read': READERS,
  'audit.export': 'ciso auditor',
  'payload.open': READERS,
  'payload.erase': 'administrator',
  'payload.govern': 'administrator',
  'legal_hold.place': 'administrator ciso',
  'legal_hold.lift': 'ciso',
  'ledger.read': ALL,
  'console.read': ALL,
  'person.read': ALL,
  'person.invite': 'administrator',
  'person.change_roles': 'administrator',
  'person.deactivate': 'administrator',
  'person.reactivate': 'administrator',
  'person.reset': 'administrator',
  'ciso.cosign': 'ciso',
  'on_call.read': ALL,
  'on_call.assign': 'administrator',
  'team.edit': 'administrator',
  'settings.read': 'administrator ciso auditor',
  'settings.edit': 'administrator',
  'lapse.set': 'ciso',
  'lease.govern': 'ciso',
  'stream.read': 'administrator ciso auditor',
  'stream.manage': 'administrator',
  'identity_provider.read': 'administrator ciso auditor',
  'identity_provider.manage': 'administrator',
  'channel.read': 'administrator ciso auditor',
  'channel.manage': 'administrator',
  'notification.choose': ALL,
  'session.read': 'administrator self',
  'session.revoke': 'administrator self',
  'device_login.answer': 'self',
  'token.read': 'administrator self',
  'token.create': 'self',
  'token.revoke': 'administrator self',
  'passkey.manage': 'self',
  'signatures.govern': 'ciso',
  'verdicts.govern': 'ciso',
  'delegation.read': 'self',
  'delegation.begin': 'self',
  'delegation.end': 'self',
  'password.change': 'self',
  'view.save': 'self',
  'view.change': 'self',
}
const EVERY_ACT = Object.keys(EXPECTED) as Act[]

describe('the permission table', () => {
  it('names every act in the expectation, and no other', () => {
    expect(Object.keys(ACTS).toSorted()).toEqual(EVERY_ACT.toSorted())
  })

  describe.each(EVERY_ACT)('%s', (act) => {
    it.each(Object.keys(CAST))('is answered for %s as DESIGN §7 says', (who) => {
      const [asking, subject] = CAST[who] ?? expect.fail(`no ${who} in the cast`)
      const expected = EXPECTED[act].split(' ').includes(who.replace(' ', '-'))
      const permission = can(asking, act, subject)
      expect(permission.ok).toBe(expected)
      if (!permission.ok) expect(permission.reason).toMatch(/^[A-Z].*\.$/)
    })

    it('is refused beforehand to nobody whom some subject would let', () => {
      for (const [asking, subject] of Object.values(CAST))
        if (can(asking, act, subject).ok) expect(mightEver(asking, act)).toEqual({ ok: true })
    })

    it('is refused to somebody deactivated, whatever they were', () => {
      for (const [asking, subject] of Object.values(CAST))
        expect(can({ ...asking, deactivated: true }, act, subject).ok).toBe(false)
    })

    it('is open to a read-only token exactly when it reads', () => {
      for (const [asking, subject] of Object.values(CAST)) {
        const withSession = can(asking, act, subject).ok
        expect(can({ ...asking, readOnly: true }, act, subject).ok).toBe(withSession && isRead(act))
        const drafts = act === 'boundary.draft' || act === 'baseline.draft'
        const toDraft = can({ ...asking, readOnly: true, drafts: true }, act, subject).ok
        expect(toDraft, `${act} with a token made for drafting`).toBe(withSession && (isRead(act) || drafts))
      }
    })
  })
})

describe('separation of duties', () => {
  const refused: readonly [string, Act, readonly Role[], Subject, RegExp][] = [
    ['the drafter signs no boundary', 'boundary.sign', ['ciso'], { drafterId: ME }, /You drafted this/],
    ['the drafter signs no baseline', 'baseline.sign', ['ciso'], { drafterId: ME }, /You drafted this/],
    ['the drafter returns nothing to themselves', 'boundary.return', ['ciso'], { drafterId: ME }, /withdraw/],
    ['the requester never approves', 'approval.decide', ['analyst'], { requesterId: ME }, /on your request/],
    ['the owner never decides alone', 'approval.decide', ['analyst'], { ownerId: ME }, /alone/],
    ['nobody reviews an agent they own', 'agent.review', ['analyst'], { ownerId: ME }, /somebody else reviews/],
    ['nobody registers an agent for somebody else', 'agent.register', [], { ownerId: OTHER }, /you own/],
    ['nobody takes over an agent that has an owner', 'agent.take_over', [], { ownerGone: false }, /answers for/],
    ['an owner resumes nothing that others suspended', 'agent.resume', [], { ownerId: ME, suspendedBy: OTHER }, /else/],
    ['a ciso co-signs nothing about themselves', 'ciso.cosign', ['ciso'], { personId: ME }, /about you/],
    ['a ciso co-signs nothing they asked for', 'ciso.cosign', ['ciso'], { requesterId: ME }, /asked for/],
    ['nobody changes their own roles', 'person.change_roles', ['administrator'], { personId: ME }, /your roles/],
    ['nobody deactivates themselves', 'person.deactivate', ['administrator'], { personId: ME }, /deactivates you/],
    ['an auditor who owns an agent changes nothing', 'agent.edit', ['auditor'], { ownerId: ME }, /changes nothing/],
  ]
  it.each(refused)('%s', (_name, act, roles, subject, reason) => {
    const permission = can(person(roles), act, subject)
    expect(permission).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })

  const granted: readonly [string, Act, readonly Role[], Subject][] = [
    ['an owner fills one seat of two', 'approval.decide', ['analyst'], { ownerId: ME, seats: 2 }],
    ['an owner resumes what they suspended', 'agent.resume', [], { ownerId: ME, suspendedBy: ME }],
    ['an analyst resumes what others suspended', 'agent.resume', ['analyst'], { ownerId: ME, suspendedBy: OTHER }],
    ['an agent whose owner is gone is taken over', 'agent.take_over', [], { ownerGone: true }],
    ['a ciso signs what another drafted', 'boundary.sign', ['ciso'], { drafterId: OTHER }],
    ['an administrator on call engages a halt', 'halt.engage', ['administrator'], {}],
  ]
  it.each(granted)('%s', (_name, act, roles, subject) => {
    expect(can(person(roles, { onCall: true }), act, subject)).toEqual({ ok: true })
  })

  it('refuses beforehand whom no subject would let', () => {
    expect(mightEver(person(['analyst']), 'person.deactivate').ok).toBe(false)
    expect(mightEver(person(['auditor']), 'agent.edit').ok).toBe(false)
    expect(mightEver(person(['analyst']), 'agent.edit').ok).toBe(true)
  })

  it('says who may and who is asking', () => {
    expect(can(person(['auditor']), 'settings.edit')).toMatchObject({
      reason: expect.stringMatching(/changes nothing/),
    })
    expect(can(person(['ciso', 'analyst']), 'settings.edit')).toEqual({
      ok: false,
      reason: 'An administrator edits the organisation. You are a ciso and an analyst.',
    })
  })
})

describe('which roles one person holds together', () => {
  it.each<[string, Role[], boolean]>([
    ['none', [], true],
    ['administrator', ['administrator'], true],
    ['ciso and analyst', ['ciso', 'analyst'], true],
    ['administrator and ciso', ['administrator', 'ciso'], false],
    ['administrator and analyst', ['administrator', 'analyst'], false],
    ['auditor and analyst', ['auditor', 'analyst'], false],
    ['analyst twice', ['analyst', 'analyst'], false],
  ])('%s', (_name, roles, stands) => {
    expect(rolesProblem(roles) === undefined).toBe(stands)
  })
})
