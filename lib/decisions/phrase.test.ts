import { describe, expect, it } from 'vitest'
import { effectsOf, phraseOf } from './phrase'

describe('what a tool’s name says', () => {
  it.each([
    ['edr.isolate_host', 'isolate a host'],
    ['crm.send_customer_email', 'send customer email'],
    ['crm.refund_request', 'request a refund'],
    ['k8s.rollout_restart', 'restart a rollout'],
    ['kb.update_article', 'update an article'],
    ['cloud.read_costs', 'read costs'],
    ['mail.quarantine', 'quarantine'],
    ['slack.inviteUser', 'invite a user'],
    ['iam.grant_access', 'grant access'],
    ['local.Bash', 'run a command'],
    ['send_money', 'send money'],
    ['read_address', 'read an address'],
  ])('%s: %s', (tool, words) => {
    expect(phraseOf(tool)).toEqual({ words, named: true })
  })

  it.each(['metrics.p99', 'edr.process_tree', 'local.x', 'a.b_c_d_e_f_g', 'local.--'])(
    'names %s as it is, rather than guess',
    (tool) => {
      expect(phraseOf(tool)).toEqual({ words: tool, named: false })
    },
  )
})

describe('what approving leads to', () => {
  it('says what the class says, the gravest first', () => {
    expect(
      effectsOf({ access: 'write', reversible: false, audience: 'customer', production: true, spends: true }),
    ).toEqual(['It touches production.', 'It spends money.', 'A customer sees it.', 'It can’t be undone.'])
    expect(
      effectsOf({ access: 'read', reversible: true, audience: 'internal', production: false, spends: false }),
    ).toEqual(['It reads, and changes nothing.'])
  })

  it('promises nothing of a tool nobody classed', () => {
    expect(effectsOf(null)).toHaveLength(1)
  })
})
