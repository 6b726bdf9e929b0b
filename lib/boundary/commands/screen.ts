import type { Doubt } from './reading'

/** Longer commands are not read: they wait for a person. In characters. */
export const LONGEST_COMMAND = 10_000
/** More expansions and here-documents than this are not read: the parser looks at nested ones again and again. */
const MOST_OPENINGS = 100
/** Nor more brackets than this, which it looks at once. */
const MOST_BRACKETS = 1_000

/** Why a text is not given to the parser at all; null when it may be read. Linear in its length. */
export function screened(text: string): Doubt | null {
  const doubt = (why: string): Doubt => ({ text: text.slice(0, 200), why })
  if (text.length > LONGEST_COMMAND) return doubt(`it is longer than ${LONGEST_COMMAND} characters`)
  if (/[\u0000-\u0008\u000b-\u001f\u007f\ufeff\p{Cs}]/u.test(text)) return doubt('it has control characters in it')
  const openings = text.match(/[$<>][({]|`|<</g)?.length ?? 0
  const brackets = text.match(/[({[]/g)?.length ?? 0
  if (openings > MOST_OPENINGS || brackets > MOST_BRACKETS) return doubt('it is nested too deeply to read')
  return null
}
