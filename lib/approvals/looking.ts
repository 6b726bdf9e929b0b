/**
 * Who is looking at a request, and who said that they take it: so that two people do not weigh the same thing unawares. It is a
 * courtesy between people. It blocks nobody, decides nothing, and is in no ledger (ADR 0034).
 */
export const LOOKING_ACTS = ['look', 'take', 'release', 'leave'] as const
/** `look`: the page is open (said again to renew); `take`: "I take it"; `release`: not any more; `leave`: the page was closed. */
export type LookingAct = (typeof LOOKING_ACTS)[number]

/** Milliseconds after which nobody is looking any more, unless the page says it again. */
export const LOOKING_LEASE = 45_000
/** How often an open page says it again. */
export const LOOKING_RENEW = 15_000
/** How long a page may be hidden before it says that nobody looks at it. */
export const LOOKING_HIDDEN = 20_000
/** How long a request stays taken after the last sign of whoever took it: long enough to look something up on other pages. */
export const TAKEN_LEASE = 15 * 60_000
/** Requests that one person can be looking at; the one they looked at longest ago makes room. */
export const MOST_LOOKED_AT = 10

/** One row of the table, its times over or not. */
export type LookingRow = { until: Date; takenAt: Date | null; takenUntil: Date | null }

/** Whether somebody looks at it, or has taken it, at a moment. */
export function standsAt(row: LookingRow, now: Date): boolean {
  return row.until > now || takenAt(row, now)
}

function takenAt({ takenUntil }: LookingRow, now: Date): boolean {
  return takenUntil !== null && takenUntil > now
}

/** Who has it at a moment: of those whose word still stands, whoever took it last. Undefined when nobody has. */
export function takerOf<T extends LookingRow>(rows: readonly T[], now: Date): T | undefined {
  return rows
    .filter((row) => takenAt(row, now))
    .toSorted((a, b) => (b.takenAt?.getTime() ?? 0) - (a.takenAt?.getTime() ?? 0))[0]
}
