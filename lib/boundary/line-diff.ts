/** A line of a diff: in both, only in the old text, or only in the new one. */
export type DiffLine = { kind: 'same' | 'removed' | 'added'; text: string }

/** What differs over more lines is shown whole, the old before the new: the table below grows with the product of their numbers. */
const MOST_LINES = 2_000

/**
 * The shortest line-by-line way from one text to another (longest common subsequence; removals before additions, as a
 * reviewer expects). Lines are compared as they are: a change of white space in YAML changes its meaning. What both texts begin
 * and end with is set aside first, so that a small change of a long text is found.
 * @param most lines on one side, between the common beginning and the common end, that are still compared
 */
export function lineDiff(before: string, after: string, most = MOST_LINES): DiffLine[] {
  const [old, fresh] = [toLines(before), toLines(after)]
  const shorter = Math.min(old.length, fresh.length)
  let begin = 0
  while (begin < shorter && old[begin] === fresh[begin]) begin += 1
  let end = 0
  while (end < shorter - begin && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end += 1
  const same = (text: string): DiffLine => ({ kind: 'same', text })
  return [
    ...old.slice(0, begin).map(same),
    ...differing(old.slice(begin, old.length - end), fresh.slice(begin, fresh.length - end), most),
    ...old.slice(old.length - end).map(same),
  ]
}

function differing(old: readonly string[], fresh: readonly string[], most: number): DiffLine[] {
  if (old.length > most || fresh.length > most) return replaced(old, fresh)
  const common = commonLengths(old, fresh)
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < old.length || j < fresh.length) {
    const a = old[i]
    const b = fresh[j]
    if (a !== undefined && a === b) {
      lines.push({ kind: 'same', text: a })
      i += 1
      j += 1
    } else if (a !== undefined && (b === undefined || at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ kind: 'removed', text: a })
      i += 1
    } else if (b !== undefined) {
      lines.push({ kind: 'added', text: b })
      j += 1
    }
  }
  return lines
}

/** How many lines were added and removed, for the sentence above a diff. */
export function countChanges(lines: readonly DiffLine[]): { added: number; removed: number } {
  return {
    added: lines.filter((line) => line.kind === 'added').length,
    removed: lines.filter((line) => line.kind === 'removed').length,
  }
}

/** `common[i][j]`: the length of the longest common subsequence of what follows line i of the old and line j of the new text. */
function commonLengths(old: readonly string[], fresh: readonly string[]): Uint16Array[] {
  const common = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1))
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      const row = common[i]
      if (row)
        row[j] =
          old[i] === fresh[j] ? at(common, i + 1, j + 1) + 1 : Math.max(at(common, i + 1, j), at(common, i, j + 1))
    }
  }
  return common
}

const at = (common: readonly Uint16Array[], i: number, j: number): number => common[i]?.[j] ?? 0

const toLines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

function replaced(old: readonly string[], fresh: readonly string[]): DiffLine[] {
  return [
    ...old.map((text) => ({ kind: 'removed' as const, text })),
    ...fresh.map((text) => ({ kind: 'added' as const, text })),
  ]
}
