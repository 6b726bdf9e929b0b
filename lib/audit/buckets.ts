import type { Range } from '@/lib/audit/term'
import type { Span } from '@/lib/audit/store-search'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The widths a bucket may have, in milliseconds: those people count in. */
export const STEPS = [
  SECOND,
  5 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
  28 * DAY,
  364 * DAY,
] as const

/** The narrowest of them that cuts a stretch of so many milliseconds into at most `most` buckets, its two ends cut or not. */
export function stepOf(length: number, most: number): number {
  return STEPS.find((step) => Math.ceil(length / step) + 1 <= most) ?? Math.ceil(length / most)
}

/** Where the buckets of a range begin: the range's own beginning, then every multiple of the step since 1970, UTC. */
export function bucketEdges({ from, to }: Range, step: number): Date[] {
  const edges = [from]
  for (let at = (Math.floor(from.getTime() / step) + 1) * step; at < to.getTime(); at += step) edges.push(new Date(at))
  return edges
}

/** The ids of a stretch of time: an id begins with its millisecond (RFC 9562 §5.7). */
export function spanOf({ from, to }: Range): Span {
  return { low: firstId(from), high: firstId(to) }
}

function firstId(at: Date): string {
  const hex = Math.min(Math.max(at.getTime(), 0), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}
