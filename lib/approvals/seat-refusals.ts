/** Why somebody may not answer: closed, shown beside the disabled button. */
export const SEAT_REFUSALS = {
  inactive: 'Your account is not active.',
  not_eligible: 'This takes somebody with another role.',
  requester: 'It was asked on your behalf, so somebody else has to answer.',
  already_answered: 'You have answered already; another seat takes another person.',
  owner_alone: 'You answer for this agent, so somebody else has to approve before or instead of you.',
  engager_alone: 'You engaged this halt, so somebody else has to agree to lift it.',
  seat_before: 'The seats are taken in order, and one before yours is still open.',
  not_yet: 'You are asked later, if nobody has answered by then.',
  delegate_answered: 'Your delegate has answered for you already; the two of you take one seat.',
  absent_answered: 'Whom you stand in for has answered already; the two of you take one seat.',
  absent_requester: 'It was asked on behalf of whom you stand in for, so somebody else has to answer.',
  absent_owner:
    'Whom you stand in for answers for this agent, so somebody else has to approve before or instead of you.',
} as const
export type SeatRefusal = keyof typeof SEAT_REFUSALS

/** A refusal for the person it is about. `first`: the seat that comes before, from 0. */
export function refusalWords({ reason, first }: { reason: SeatRefusal; first?: number }): string {
  return reason === 'seat_before' && first !== undefined && first >= 0
    ? `It waits for seat ${String(first + 1)} first: the seats are taken in order.`
    : SEAT_REFUSALS[reason]
}
