import { describe, expect, it } from 'vitest'
import { ACTS } from './acts'
import { overCommandLine } from './command-line'
import { can, mightEver, type Act, type Asking, type Subject } from './permission'

const ME = '019a0000-0000-7000-8000-000000000001'
/** Somebody with every role and every relation: whatever is refused to them is refused to all. */
const EVERYBODY: Asking = {
  id: ME,
  roles: ['administrator', 'ciso', 'analyst'],
  onCall: true,
  deactivated: false,
  commandLine: true,
}
const MINE: Subject = { ownerId: ME, personId: ME }
const EVERY_ACT = Object.keys(ACTS) as Act[]

/** Written a second time by hand: what takes a person's eyes, or their passkey, in a browser. */
const NEVER: readonly Act[] = [
  'approval.decide',
  'review.close',
  'agent.review',
  'agent.accept_data',
  'agent.resume',
  'agent.hand_over',
  'agent.take_over',
  'alert.acknowledge',
  'boundary.sign',
  'boundary.return',
  'boundary.override',
  'baseline.sign',
  'elevation.answer',
  'upstream.propose',
  'upstream.connect',
  'upstream.rekey',
  'tool.confirm',
  'halt.lift',
  'drill.answer',
  'drill.schedule',
  'halt_source.manage',
  'enforcement_point.create',
  'enforcement_point.let_ask',
  'runner.enrol',
  'resource.edit',
  'resource.unprotect',
  'payload.open',
  'payload.erase',
  'payload.govern',
  'legal_hold.place',
  'legal_hold.lift',
  'person.invite',
  'person.change_roles',
  'person.deactivate',
  'person.reactivate',
  'person.reset',
  'ciso.cosign',
  'on_call.assign',
  'delegation.begin',
  'delegation.end',
  'team.edit',
  'settings.edit',
  'signatures.govern',
  'verdicts.govern',
  'attention.govern',
  'scrutiny.edit',
  'lease.govern',
  'lapse.set',
  'stream.manage',
  'identity_provider.manage',
  'channel.manage',
  'session.revoke',
  'device_login.answer',
  'token.create',
  'token.revoke',
  'passkey.manage',
  'password.change',
]

describe('what a person may do over a command line', () => {
  it.each(NEVER)('is never %s, whoever they are', (act) => {
    expect(can(EVERYBODY, act, MINE)).toEqual({
      ok: false,
      reason: 'The command line does not do this: it is done in the console, in a browser.',
    })
    expect(mightEver(EVERYBODY, act).ok).toBe(false)
  })

  it('is never more than they may in a browser', () => {
    const roles = [[], ['administrator'], ['ciso'], ['analyst'], ['auditor']] as const
    for (const act of EVERY_ACT)
      for (const held of roles)
        for (const subject of [{}, MINE]) {
          const browser: Asking = { id: ME, roles: held, onCall: false, deactivated: false }
          const line = can({ ...browser, commandLine: true }, act, subject).ok
          expect(line, act).toBe(overCommandLine(act) && can(browser, act, subject).ok)
        }
  })

  it('is stopping, always', () => {
    for (const act of [
      'halt.engage',
      'agent.suspend',
      'credential.revoke',
      'upstream.disconnect',
      'boundary.tighten',
    ] as const)
      expect(can(EVERYBODY, act, MINE)).toEqual({ ok: true })
  })

  it('is nothing that is not on the list, known or not', () => {
    for (const act of ['', 'agent', 'agent.read ', 'AGENT.READ', 'constructor', 'toString', 'future.act'])
      expect(overCommandLine(act)).toBe(false)
  })

  it('ends with the account', () => {
    expect(can({ ...EVERYBODY, deactivated: true }, 'agent.read').ok).toBe(false)
  })
})
