import { spelledOut } from '@/lib/core/hostile'
import { redactText } from '@/lib/core/secrets'
import type { Severity } from '@/lib/alerts/alert'

/** Words of ours, or of somebody else (an agent, a person): those are shown apart and are never markup, link or address. */
export type Piece = { ours: string } | { theirs: string }

/**
 * What may be said of one thing outside of the console: a closed template (`say-message.ts`), a link to look, and nothing to decide by.
 * Never an argument, never a secret.
 */
export type Message = {
  title: Piece[]
  lines: { label: string; words: Piece[] }[]
  /** the page it opens, of this console */
  path: string
  severity: Severity
}

/** What every message ends with. */
export const NO_DECISION = 'Nothing can be decided by this message. Sign in to look at it and to answer.'

const MOST_THEIRS = 160
/** Schemes that mail and chat programs make links of although no slashes follow. */
const SCHEMES = /\b(mailto|tel|sms|javascript|data|file|vbscript|callto|sip|slack|msteams|ms-[a-z]+):/gi

/**
 * Somebody else's words as one short line that no program takes for a link or an address: what cannot be seen is spelled out, secrets of
 * known formats are taken out, and dots, at signs and colons inside of what looks like one are put in brackets, as security people do
 * (`evil[.]example`). Pure.
 */
export function plainWords(text: string): string {
  const line = spelledOut(redactText(text).text.replaceAll(/\s+/gu, ' ')).trim()
  const characters = Array.from(line)
  const cut = characters.length <= MOST_THEIRS ? line : `${characters.slice(0, MOST_THEIRS - 1).join('')}…`
  return cut
    .replaceAll('://', '[:]//')
    .replaceAll(SCHEMES, '$1[:]')
    .replaceAll(/(\S)@(?=\S)/gu, '$1[@]')
    .replaceAll(/(?<=\S)[.\u3002\uff0e\uff61](?=\p{L}{2})/gu, '[.]')
}

/** Pieces as one line of plain text, for formats that know no markup. */
export function plainLine(pieces: readonly Piece[]): string {
  return pieces.map((piece) => ('ours' in piece ? piece.ours : plainWords(piece.theirs))).join('')
}

/** At most so many characters of a line, whole ones. */
export function cutTo(text: string, most: number): string {
  const characters = Array.from(text)
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}
