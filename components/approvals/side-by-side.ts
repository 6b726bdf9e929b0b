import type { ChangeLine } from '@/lib/decisions/shown-changes'

/** A row of a change side by side: the old line beside the new one, or a line that goes across both. */
export type Pair = { left: ChangeLine | null; right: ChangeLine | null } | { across: ChangeLine }

/** Pairs the removed lines of every stretch with those added after them, in order. No line is lost, none is said twice but unchanged ones. */
export function sideBySide(lines: readonly ChangeLine[]): Pair[] {
  const pairs: Pair[] = []
  let removed: ChangeLine[] = []
  let added: ChangeLine[] = []
  const close = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1)
      pairs.push({ left: removed[at] ?? null, right: added[at] ?? null })
    removed = []
    added = []
  }
  for (const line of lines) {
    if (line.kind === 'removed') {
      if (added.length > 0) close()
      removed.push(line)
    } else if (line.kind === 'added') added.push(line)
    else {
      close()
      pairs.push(line.kind === 'same' ? { left: line, right: line } : { across: line })
    }
  }
  close()
  return pairs
}
