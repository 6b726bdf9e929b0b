import { describe, expect, it } from 'vitest'
import { APPROVAL_STATES, approvalMayBecome, statusAt, type ApprovalStatus } from './approval'

const states = Object.keys(APPROVAL_STATES) as ApprovalStatus[]
const at = (ms: number) => new Date(ms)

describe('the states of an approval', () => {
  it('nothing comes back to pending, and nothing changes what is over', () => {
    for (const from of states) expect(approvalMayBecome(from, 'pending')).toBe(false)
    for (const over of ['rejected', 'expired', 'withdrawn', 'superseded'] as const) {
      for (const to of states) expect(approvalMayBecome(over, to)).toBe(false)
    }
  })

  it('an approved one can still be superseded or run out, and can no longer be rejected', () => {
    expect(states.filter((to) => approvalMayBecome('approved', to))).toEqual(['expired', 'superseded'])
  })

  it('expires on the moment, before any job has written it', () => {
    const approval = { status: 'pending' as const, expiresAt: at(1_000) }
    expect(statusAt(approval, at(999))).toBe('pending')
    expect(statusAt(approval, at(1_000))).toBe('expired')
    expect(statusAt({ status: 'approved', expiresAt: at(1_000) }, at(2_000))).toBe('approved')
  })
})
