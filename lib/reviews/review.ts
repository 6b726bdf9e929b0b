import { type Asking, can, type Permission } from '@/lib/people/permission'

/** What a person found when they reviewed a change that an agent had made by itself (C24). */
export const FINDINGS = ['fine', 'problem'] as const
export type Finding = (typeof FINDINGS)[number]

/** What the rule asks about a change: who answers for its agent, then and now, and on whose request it was made. */
export type Owed = { ownerId: string; ownerThenId: string; requesterId: string | null }

/** How long a review may wait, in days, unless the organisation says otherwise. */
export const REVIEW_DAYS = 7
export const MOST_REVIEW_DAYS = 90
const DAY_MS = 86_400_000

/** The moment from which a review is overdue. */
export function dueAt(owedAt: Date, days: number): Date {
  return new Date(owedAt.getTime() + days * DAY_MS)
}

/**
 * Whether a person may close a review with a finding, and why not (ADR 0031). The requester never does. An owner may say that the work
 * of their own agent is wrong, and never that it is fine; so may whoever owned it when it worked.
 */
export function mayClose(person: Asking, owed: Owed, finding: Finding): Permission {
  const permission = can(person, 'review.close', { ownerId: owed.ownerId, requesterId: owed.requesterId })
  if (!permission.ok) return permission
  if (finding === 'problem' || (owed.ownerId !== person.id && owed.ownerThenId !== person.id)) return permission
  return {
    ok: false,
    reason:
      owed.ownerId === person.id
        ? 'You answer for this agent, so somebody else says that its work is fine.'
        : 'You answered for this agent when it made the change, so somebody else says that it is fine.',
  }
}
