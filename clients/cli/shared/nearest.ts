/** How many letters are wrong, missing, too many or swapped with their neighbour (optimal string alignment). */
export function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      )
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}

/** The known name that was probably meant: one that begins so, or the nearest within a third of its letters. Null where none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const begins = known.filter((name) => word.length > 1 && name.startsWith(word))
  if (begins.length === 1) return begins[0] ?? null
  const [best] = known
    .map((name) => ({ name, far: distance(word, name) }))
    .toSorted((x, y) => x.far - y.far || (x.name < y.name ? -1 : 1))
  return best !== undefined && best.far <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : null
}

/** A sentence that offers it; nothing where none is near. */
export function didYouMean(word: string, known: readonly string[], written = (name: string) => name): string {
  const name = nearest(word, known)
  return name === null ? '' : ` Did you mean ${written(name)}?`
}
