import type { Range } from './term'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The stretches that slide with the clock: how long, how wide a bar of the histogram is, and what they are called. */
export const LASTS = {
  '15m': { ms: 15 * MINUTE, step: 30_000, says: 'last 15 minutes' },
  '1h': { ms: HOUR, step: MINUTE, says: 'last hour' },
  '24h': { ms: DAY, step: 30 * MINUTE, says: 'last 24 hours' },
  '7d': { ms: 7 * DAY, step: 3 * HOUR, says: 'last 7 days' },
  '30d': { ms: 30 * DAY, step: 12 * HOUR, says: 'last 30 days' },
  '90d': { ms: 90 * DAY, step: 2 * DAY, says: 'last 90 days' },
  '366d': { ms: 366 * DAY, step: 6 * DAY, says: 'last year' },
} as const
export type Last = keyof typeof LASTS

/** What a view shows when its address does not say: a day. There is never "everything": a search is always bounded. */
export const DEFAULT_LAST: Last = '24h'

/** The stretch as its address says it: one that slides with the clock, or one that stands. */
export type Span = { last: Last } | { from: Date; to: Date }

/** The nothing-before of a range that reaches back: no entry is older than the log's format. */
export const BEGINNING = new Date('2020-01-01T00:00:00Z')

export function isLast(text: string): text is Last {
  return Object.hasOwn(LASTS, text)
}

/**
 * The range a span means now. A sliding one ends at the end of the bar that is under way, so that its bars stand still
 * while the clock moves.
 */
export function rangeOf(span: Span, now: Date): Range {
  if (!('last' in span)) return { from: span.from, to: span.to }
  const { ms, step } = LASTS[span.last]
  const to = Math.floor(now.getTime() / step) * step + step
  return { from: new Date(to - ms), to: new Date(to) }
}

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 3, 6, 7, 14, 30].map((days) => days * DAY),
]
const MOST_BARS = 60
const USUAL_BARS = 48

/** How many bars a range is drawn in: of a round length where one fits, at most 60. */
export function barsIn({ from, to }: Range): number {
  const length = to.getTime() - from.getTime()
  const step = STEPS.find((one) => length % one === 0 && length / one <= MOST_BARS)
  return step === undefined ? Math.max(1, Math.min(USUAL_BARS, Math.floor(length / 1_000))) : Math.max(1, length / step)
}

/** The stretch of the same length right before, or right after; null where that lies wholly in the future. */
export function beside({ from, to }: Range, which: 'previous' | 'next', now: Date): Span | null {
  const length = to.getTime() - from.getTime()
  if (which === 'previous') return { from: new Date(from.getTime() - length), to: from }
  return to > now ? null : { from: to, to: new Date(to.getTime() + length) }
}

/** The shortest sliding stretch that still holds a moment; null where it lies too far back. */
export function lastHolding(at: Date, now: Date): Last | null {
  const names = Object.keys(LASTS) as Last[]
  return names.find((name) => now.getTime() - at.getTime() < LASTS[name].ms - LASTS[name].step) ?? null
}
