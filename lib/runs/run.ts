/**
 * How long a run whose lease lapsed waits for its agent to come back, in milliseconds (ADR 0037): longer than a restart, a deployment or a
 * lost network, shorter than a shift. Until it is over the lease can be renewed; nothing is proposed or begun in it meanwhile.
 */
export const RUN_GRACE_MS = 4 * 3_600_000

/** What of a run says whether it is over. Null where an action is its own run: nothing but its own deadline ends that. */
export type RunTimes = { closedAt: Date | null; leaseUntil: Date | null }

/** Why a run is over: ended by its agent, or its lease lapsed and nobody came back. */
export type RunOver = 'run_ended' | 'lease_lapsed'

/**
 * Whether a run is over at a moment, and why; null while it is not. What it still asks people is withdrawn from that moment on, whether or
 * not the job has written so yet: nobody approves in the gap.
 */
export function runOver(run: RunTimes | null, now: Date): RunOver | null {
  if (run === null) return null
  if (run.closedAt !== null) return 'run_ended'
  if (run.leaseUntil === null) return null
  return run.leaseUntil.getTime() + RUN_GRACE_MS <= now.getTime() ? 'lease_lapsed' : null
}
