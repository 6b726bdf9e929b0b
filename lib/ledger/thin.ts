/**
 * Which of a growing row of things to let go of so that `most` are left, as evenly as age allows: dense near the newest, ever thinner the
 * older, and reaching all the way back. The first and the newest always stay. Pure.
 * @param at where each stands, rising: the size of a checkpoint
 */
export function thin<T>(oldestFirst: readonly T[], most: number, at: (one: T) => number): T[] {
  const left = [...oldestFirst]
  const gone: T[] = []
  const newest = left.at(-1)
  while (newest !== undefined && left.length > Math.max(most, 2)) {
    let least = 1
    let smallest = Number.POSITIVE_INFINITY
    for (let i = 1; i < left.length - 1; i += 1) {
      const [before, one, after] = [left[i - 1], left[i], left[i + 1]] as [T, T, T]
      // The gap that letting go of it leaves, for its age.
      const gap = (at(after) - at(before)) / (at(newest) - at(one) + 1)
      if (gap < smallest) [least, smallest] = [i, gap]
    }
    gone.push(...left.splice(least, 1))
  }
  return gone
}
