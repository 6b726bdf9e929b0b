import {
  type BoundaryError,
  type BoundaryErrorCode,
  type Mapping,
  MOST_ERRORS,
  type Place,
  type Text,
  type Tree,
} from './yaml'

/** Collects every fault of a document while its parts are read; a part that is wrong reads as its harmless empty value. */
export class Reader {
  readonly errors: BoundaryError[] = []

  fail({ line, column }: Place, path: string, code: BoundaryErrorCode, message: string): void {
    if (this.errors.length < MOST_ERRORS) this.errors.push({ line, column, path, code, message })
  }

  text(tree: Tree, path: string, what: string): string | null {
    if (tree.kind === 'text' && tree.value.trim() !== '') return tree.value
    this.wrong(tree, path, what)
    return null
  }

  list(tree: Tree, path: string, what: string, most: number): Tree[] {
    if (tree.kind !== 'list') {
      this.wrong(tree, path, what)
      return []
    }
    if (tree.items.length > most) this.fail(tree, path, 'out_of_range', `At most ${most} entries are allowed.`)
    return tree.items.slice(0, most)
  }

  /** The entries of a map by key: unknown and repeated keys are faults. With no `known` keys, any is taken. */
  map(
    tree: Tree,
    path: string,
    what: string,
    known: readonly string[] | null,
  ): Map<string, { key: Text; value: Tree }> {
    const entries = new Map<string, { key: Text; value: Tree }>()
    if (tree.kind !== 'map') {
      this.wrong(tree, path, what)
      return entries
    }
    for (const entry of (tree satisfies Mapping).entries) {
      const name = entry.key.value
      const at = path === '' ? name : `${path}.${name}`
      if (entries.has(name)) this.fail(entry.key, at, 'duplicate_key', `"${name}" appears twice: keep one.`)
      else if (this.errors.length >= MOST_ERRORS) break
      else if (known !== null && !known.includes(name)) this.unknown(entry.key, at, 'unknown_key', known)
      else entries.set(name, entry)
    }
    return entries
  }

  /** A word out of a closed list. */
  word<T extends string>(tree: Tree, path: string, known: readonly T[]): T | null {
    const text = this.text(tree, path, `one of: ${known.join(', ')}`)
    if (text === null) return null
    const found = known.find((word) => word === text)
    if (found === undefined) this.unknown(tree as Text, path, 'unknown_value', known)
    return found ?? null
  }

  wrong(tree: Tree, path: string, what: string): void {
    const given = { text: 'text', list: 'a list', map: 'a map' }[tree.kind]
    const empty = tree.kind === 'text' && tree.value.trim() === ''
    const message = empty
      ? `Nothing is written here: expected ${what}, or leave the key out.`
      : `Expected ${what}, not ${given}.`
    this.fail(tree, path, 'wrong_type', message)
  }

  unknown(at: Text, path: string, code: 'unknown_key' | 'unknown_value', known: readonly string[]): void {
    const word = at.value.slice(0, 60)
    const near = nearest(word, known)
    const hint =
      word === '<<'
        ? 'Merge keys are not allowed: write the values out.'
        : near === null
          ? `Known here: ${known.join(', ')}.`
          : `Did you mean "${near}"?`
    this.fail(at, path, code, `"${word}" is not known. ${hint}`)
  }
}

/** The known word within two edits of what was written, if there is one (Levenshtein). */
export function nearest(word: string, known: readonly string[]): string | null {
  const near = known
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate) }))
    .filter(({ edits, candidate }) => edits <= Math.min(2, Math.floor(candidate.length / 2)))
    .toSorted((a, b) => a.edits - b.edits)
  return near[0]?.candidate ?? null
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same))
    }
    row = next
  }
  return row[b.length] ?? 0
}
