import { LONGEST_OBSERVATION_MS } from '@/lib/boundary/boundary'
import type { Reason, ReasonCode } from './decision'
import type { SignedBoundary } from './facts'

/** What a boundary that only observes enforces all the same (DESIGN §4, "Taint"), beside the gate's first four steps. */
const ENFORCED: ReadonlySet<ReasonCode> = new Set(['never', 'baseline', 'evaluation_error'])

/** Whether a boundary only observes at a moment: to the end it names, and never for more than 90 days from its signature. */
export function observes({ document, signedAt }: SignedBoundary, now: number): boolean {
  const until = document.mode?.observe_until
  return until !== undefined && now < Math.min(until, signedAt + LONGEST_OBSERVATION_MS)
}

/**
 * Whether a reason binds although the boundary only observes: its own `never`, whatever the organisation says for every agent (the
 * baseline, what people marked as protected), and an error, of which nobody knows what it hides.
 */
export function isEnforced({ code, rule }: Reason): boolean {
  return ENFORCED.has(code) || rule === 'resource.protected' || rule?.startsWith('baseline.') === true
}
