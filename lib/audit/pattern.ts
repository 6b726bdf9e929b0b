/** A glob as LIKE says it: `*` stands for anything, and every other character for itself. */
export function likePattern(glob: string): string {
  return literalPattern(glob).replace(/\*+/g, '%')
}

/** A text as LIKE takes it literally: every character stands for itself. */
export const literalPattern = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/** What separates words: every ASCII character but letters and digits, as `ledger.words` has it. */
const SEPARATORS = /[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+/

/**
 * The words of a text one after the other, as `to_tsquery('simple', …)` takes them; null when it holds none. Of a glob only the words
 * that are whole in it, since one beside a `*` may go on; the last may end in one, and is then looked for by its beginning.
 */
export function wordsQuery(said: string, glob: boolean): string | null {
  const clean = said.replaceAll('\0', ' ').toLowerCase()
  if (!glob) return phrase(clean)
  const stretches = clean.split(/\*+/)
  const queries = stretches.flatMap((stretch, i) => {
    const open = { before: i > 0, after: i < stretches.length - 1 }
    const words = stretch.split(SEPARATORS)
    if (open.before) words.shift()
    const last = open.after ? words.pop() : undefined
    const whole = words.filter((word) => word !== '').map(quoted)
    if (last !== undefined && last !== '') whole.push(`${quoted(last)}:*`)
    return whole.length === 0 ? [] : [whole.join(' <-> ')]
  })
  return queries.length === 0 ? null : queries.map((query) => `(${query})`).join(' & ')
}

function phrase(said: string): string | null {
  const words = said.split(SEPARATORS).filter((word) => word !== '')
  return words.length === 0 ? null : words.map(quoted).join(' <-> ')
}

/** No word holds a quote or a backslash: both separate. */
const quoted = (word: string): string => `'${word}'`
