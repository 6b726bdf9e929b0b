/** The bounds of a lease that a client renews, in seconds, and what an organisation begins with (ADR 0039). Postgres checks the same. */
export const LEASE = { least: 5, most: 300, byDefault: 15 } as const

/** How long a run that nobody renews lives, in seconds: at most, and where nothing was asked. */
export const LONGEST_LEASE_SECONDS = 24 * 3_600
export const DEFAULT_LEASE_SECONDS = 3_600

/**
 * How long a lease is, in seconds, from the moment it is given. One that its client renews is never longer than the organisation lets it be, nor than
 * its agent's own, which is shorter: whoever asks for more gets that. 0 ends the run, whoever asks.
 * @param most the shorter of the organisation's and the agent's
 */
export function leaseSeconds(renews: boolean, asked: number | undefined, most: number): number {
  if (asked === 0) return 0
  return renews ? Math.min(asked ?? most, most) : (asked ?? DEFAULT_LEASE_SECONDS)
}
