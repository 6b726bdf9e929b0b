/** One way to read a path: its names from the top, folded; the first is empty where it is absolute. */
export type Spelling = readonly string[]

const ANY = '*'
const BELOW = '**'

/**
 * Compiles a pattern of `*` (within a name), `**` (any number of names) and `?` (one character). Matching goes back to the last
 * star alone, so that no pattern is slow on any path, as regular expressions of several stars are; every character counts, line
 * breaks too.
 */
export function compileGlob(names: readonly string[]): (path: Spelling) => boolean {
  const steps = names.map((name) => (/^\*{2,}$/.test(name) ? BELOW : compileName(name)))
  return (path) => fits(steps, path, BELOW, (step, name) => typeof step !== 'string' && step(name))
}

/** The same of one name, in which `/` is a character like any other. */
export function compileName(pattern: string): (name: string) => boolean {
  const literal = !/[*?]/.test(pattern)
  const wanted = Array.from(pattern.replaceAll(/\*+/g, ANY))
  if (literal) return (name) => name === pattern
  // Nearly every name is told apart by how it begins or ends.
  const [head = '', tail = ''] = [/^[^*?]*/.exec(pattern)?.[0], pattern.slice(pattern.search(/[^*?]*$/))]
  return (name) =>
    name !== '' &&
    name.startsWith(head) &&
    name.endsWith(tail) &&
    fits(
      wanted,
      /[\ud800-\udfff]/.test(name) ? Array.from(name) : name,
      ANY,
      (one, other) => one === '?' || one === other,
    )
}

function fits<P, T>(pattern: readonly P[], text: ArrayLike<T>, star: P, same: (one: P, other: T) => boolean): boolean {
  let [at, to, last, from] = [0, 0, -1, 0]
  while (to < text.length) {
    const one = pattern[at]
    if (at < pattern.length && one === star) {
      ;[last, from] = [at, to]
      at += 1
    } else if (at < pattern.length && same(one as P, text[to] as T)) {
      at += 1
      to += 1
    } else if (last >= 0) {
      at = last + 1
      from += 1
      to = from
    } else return false
  }
  while (at < pattern.length && pattern[at] === star) at += 1
  return at === pattern.length
}
