import { type Reason, reasonFor, STEPS } from './decision'
import type { Facts, SignedBoundary } from './facts'

/** Steps 1 to 4: either they end the gate, or they say which signed boundary the rest runs against, and what contains it. */
export type Passage = { ended: Reason[] } | { boundary: SignedBoundary; contained: Reason[] }

/** Credential, halts, the agent's state and a boundary in force, in that order; the first that forbids ends it. */
export function passGate(facts: Facts): Passage {
  const { agent, boundary, halts } = facts
  if (!facts.credential) return { ended: [reasonFor('evaluation_error', STEPS.credential, 'credential')] }
  if (halts.length > 0) return { ended: halts.map(({ scope }) => reasonFor('halted', STEPS.halts, `halt.${scope}`)) }
  // A registered agent without a boundary is told the thing it can do something about: nobody has signed for it (C15).
  if (agent.state !== 'active' && !(agent.state === 'registered' && boundary === null)) {
    return { ended: [reasonFor('agent_suspended', STEPS.agent, `agent.${agent.state}`)] }
  }
  if (boundary === null) return { ended: [reasonFor('no_signed_boundary', STEPS.boundary, null)] }
  const contained = containment(facts, boundary)
  const lapsed = contained.filter(({ code }) => code !== 'owner_missing')
  if (facts.onLapse === 'suspend' && lapsed.length > 0) return { ended: lapsed }
  return { boundary, contained }
}

/** Why an agent is contained: only reads in its scope still answer (DESIGN §4). */
function containment({ agent, now }: Facts, boundary: SignedBoundary): Reason[] {
  const reasons: Reason[] = []
  if (!agent.owned) reasons.push(reasonFor('owner_missing', STEPS.agent, 'agent.owner'))
  if (!(now < agent.reviewDueAt)) reasons.push(reasonFor('review_overdue', STEPS.agent, 'agent.review'))
  const reviewBy = boundary.document.review_by
  if (reviewBy !== null && !(now < endOfDay(reviewBy)))
    reasons.push(reasonFor('review_overdue', STEPS.agent, 'review_by'))
  if (!(now < boundary.lapsesAt)) reasons.push(reasonFor('boundary_expired', STEPS.boundary, 'expires'))
  return reasons
}

/** The first moment after a day (`YYYY-MM-DD`, UTC), in milliseconds since 1970. NaN, which is always past, for anything else. */
function endOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + 86_400_000
}
