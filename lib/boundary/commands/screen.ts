import type { Doubt } from './reading'

/** Longer commands are not read: they wait for a person. In characters. */
export const LONGEST_COMMAND = 10_000
/** More openings of brackets, substitutions and here-documents than this are not read: the parser looks at some twice. */
const MOST_OPENINGS = 400

/** Why a text is not given to the parser at all; null when it may be read. Linear in its length. */
export function screened(text: string): Doubt | null {
  const doubt = (why: string): Doubt => ({ text: text.slice(0, 200), why })
  if (text.length > LONGEST_COMMAND) return doubt(`it is longer than ${LONGEST_COMMAND} characters`)
  if (/[\u0000-\u0008\u000b-\u001f\u007f\ufeff\p{Cs}]/u.test(text)) return doubt('it has control characters in it')
  if ((text.match(/[({[`]|<</g)?.length ?? 0) > MOST_OPENINGS) return doubt('it is nested too deeply to read')
  return null
}
