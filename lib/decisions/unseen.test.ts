import { describe, expect, it } from 'vitest'
import { approvalOf, args, judge, READ } from './gate-testing'

// Arguments are redacted before they are stored, so this is what a person would be asked to approve without seeing it.
const hidden = { order: 'A-17', cookie: 'session of the customer' }

describe('what a person could not see, they are not asked to approve', () => {
  it('forbids what would be held when something in its arguments would be redacted', () => {
    const answer = judge('crm.refund_request', undefined, args(hidden))
    expect(answer).toMatchObject({ decision: 'forbid', reason: { code: 'secret_in_arguments' } })
  })

  it('holds the same action when there is nothing to redact', () => {
    expect(judge('crm.refund_request', undefined, args({ order: 'A-17' }))).toMatchObject({ decision: 'hold' })
  })

  it('leaves alone what needs nobody', () => {
    expect(judge('crm.search', READ, args(hidden))).toMatchObject({ decision: 'allow' })
  })

  it('leaves a second run of the gate to what the person approved', () => {
    const answer = judge('crm.refund_request', undefined, (facts) => ({
      ...args(hidden)(facts),
      approval: approvalOf(facts, 'approval_required', 'approval_required[0]'),
    }))
    expect(answer.decision).not.toBe('forbid')
  })
})
