import { sha256 } from '@/lib/core/canonical'

/**
 * Draws `count` of the places given, from a seed: each place is given the SHA-256 of the seed and its decimal number, joined by a colon,
 * and the smallest hashes win: without replacement, each as likely as any other, and anybody can do it again with `sha256sum`.
 * The verifier holds the same in its own words. Answers places in the order of the log.
 * @param seed the root of the log, hexadecimal, right after the entry that recorded what would be drawn
 */
export function drawSample(population: readonly number[], count: number, seed: string): number[] {
  return population
    .map((index) => ({ index, rank: sha256(`${seed}:${String(index)}`).toString('hex') }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ index }) => index)
    .toSorted((a, b) => a - b)
}
