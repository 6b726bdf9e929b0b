/**
 * Which of a growing row of things to let go of, oldest first: none up to `most`; beyond it every second one of the older half. The
 * first and the newest always stay, and what is left still reaches all the way back, thinner the older it is.
 */
export function thin<T>(oldestFirst: readonly T[], most: number): T[] {
  if (oldestFirst.length <= most) return []
  const half = Math.floor(oldestFirst.length / 2)
  return oldestFirst.filter((_, i) => i > 0 && i < half && i % 2 === 1)
}
