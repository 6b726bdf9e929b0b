/** What an approval asks about. The room that opened it answers it (DESIGN §2). */
export const APPROVAL_KINDS = ['action', 'boundary', 'elevation', 'halt_lift', 'test'] as const
export type ApprovalKind = (typeof APPROVAL_KINDS)[number]

export const ANSWERS = ['approve', 'reject'] as const
export type Answer = (typeof ANSWERS)[number]

/** The states of an approval and what may follow each: one table for the rule, the screens and the tests. */
export const APPROVAL_STATES = {
  pending: ['approved', 'rejected', 'expired', 'withdrawn', 'superseded'],
  approved: ['superseded', 'expired'],
  rejected: [],
  expired: [],
  withdrawn: [],
  superseded: [],
} as const satisfies Record<string, readonly string[]>
export type ApprovalStatus = keyof typeof APPROVAL_STATES

/** Whether an approval may go from one state to another. */
export function approvalMayBecome(from: ApprovalStatus, to: ApprovalStatus): boolean {
  return (APPROVAL_STATES[from] as readonly ApprovalStatus[]).includes(to)
}

/**
 * Where an approval stands at a moment. A pending one whose time is over is expired from that moment, whether or not the
 * job has written it yet: nobody approves in the gap.
 */
export function statusAt(approval: { status: ApprovalStatus; expiresAt: Date }, now: Date): ApprovalStatus {
  return approval.status === 'pending' && approval.expiresAt <= now ? 'expired' : approval.status
}
