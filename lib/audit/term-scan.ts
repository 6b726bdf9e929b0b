import type { TermProblem } from './term'

/** What is read of the bar so far: where it stands, and everything that could not be read. */
export type Scan = { readonly text: string; at: number; readonly problems: TermProblem[] }

/** A word as it stands in the text. `glob`: it holds a `*` that was not escaped. `quoted`: nothing in it has a meaning. */
export type Word = { at: number; length: number; text: string; quoted: boolean; glob: boolean }

const OPENS = /["“”„‟]/u
const CURLY_CLOSES = /["“”‟]/u
const ESCAPE = /\\(?:u\{([0-9a-fA-F]{1,6})\}|([\s\S]))?/uy
/** Characters that look like ours and are not. Between quotes they are themselves. */
const LOOKALIKES: Readonly<Record<string, { name: string; ours: string }>> = {
  '：': { name: 'a full-width colon', ours: ':' },
  '（': { name: 'a full-width parenthesis', ours: '(' },
  '）': { name: 'a full-width parenthesis', ours: ')' },
  '＊': { name: 'a full-width asterisk', ours: '*' },
  '＞': { name: 'a full-width sign', ours: '>' },
  '＜': { name: 'a full-width sign', ours: '<' },
  '＂': { name: 'a full-width quotation mark', ours: '"' },
  '－': { name: 'a full-width hyphen', ours: '-' },
  '…': { name: 'an ellipsis', ours: '..' },
}
/** What draws nothing or reorders what is beside it; the same classes as `lib/core/hostile.ts`, but spaces, which separate. */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u

/** Notes a place that cannot be read. */
export function object(scan: Scan, at: number, length: number, says: string, instead?: string): void {
  scan.problems.push({ at, length: Math.max(length, 1), says, ...(instead !== undefined && { instead }) })
}

export function skipSpace(scan: Scan): boolean {
  const from = scan.at
  while (scan.at < scan.text.length && isSpace(scan.text.charAt(scan.at))) scan.at += 1
  return scan.at > from
}

export const isSpace = (character: string): boolean => /\s/u.test(character) && character !== '\ufeff'
export const peek = (scan: Scan): string => scan.text.charAt(scan.at)
export const beginsQuote = (scan: Scan): boolean => OPENS.test(peek(scan))

/** Reads what stands between quotes. Straight ones or curly ones, which phones write by themselves; what opens curly may close either way. */
export function readQuoted(scan: Scan): Word | null {
  const at = scan.at
  const closes = peek(scan) === '"' ? /"/u : CURLY_CLOSES
  const before = scan.problems.length
  let text = ''
  scan.at += 1
  while (scan.at < scan.text.length) {
    const character = characterAt(scan)
    if (closes.test(character)) {
      scan.at += 1
      if (scan.problems.length > before) return null
      if (text === '') {
        object(scan, at, scan.at - at, 'Nothing stands between these quotes.')
        return null
      }
      return { at, length: scan.at - at, text, quoted: true, glob: false }
    }
    text += character === '\\' ? readEscape(scan) : readPlain(scan, character)
  }
  object(scan, at, scan.text.length - at, 'This quote is never closed. Add " where it ends.', `${scan.text.slice(at)}"`)
  return null
}

/** Reads up to the next space, quote or parenthesis. Null where something in it cannot be read, or nothing is there. */
export function readBare(scan: Scan): Word | null {
  const at = scan.at
  const before = scan.problems.length
  let text = ''
  let glob = false
  while (scan.at < scan.text.length) {
    const character = characterAt(scan)
    if (isSpace(character) || OPENS.test(character) || character === '(' || character === ')') break
    const alike = LOOKALIKES[character]
    if (alike) {
      object(
        scan,
        scan.at,
        character.length,
        `This is ${alike.name}. Write ${alike.ours} or, if it is meant, put the words in quotes.`,
        alike.ours,
      )
    }
    if (character === '*') glob = true
    text += character === '\\' ? readEscape(scan) : readPlain(scan, character)
  }
  if (scan.at === at || scan.problems.length > before) return null
  return { at, length: scan.at - at, text, quoted: false, glob }
}

function characterAt({ text, at }: Scan): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0)
}

function readPlain(scan: Scan, character: string): string {
  if (UNSEEN.test(character)) {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    object(
      scan,
      scan.at,
      character.length,
      `A character nobody can see stands here (U+${code.toUpperCase().padStart(4, '0')}). Take it away or, if it is meant, write \\u{${code}}.`,
      '',
    )
  }
  scan.at += character.length
  return character
}

/** `\"`, `\\`, `\(`, `\ ` and the like are themselves; `\u{200b}` is a character by its number. Nothing else follows a backslash. */
function readEscape(scan: Scan): string {
  const at = scan.at
  ESCAPE.lastIndex = at
  const [whole = '\\', code, one] = ESCAPE.exec(scan.text) ?? []
  scan.at += whole.length
  if (code !== undefined) {
    const point = Number.parseInt(code, 16)
    if (point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)) return String.fromCodePoint(point)
    object(scan, at, whole.length, 'There is no such character.')
    return ''
  }
  if (one !== undefined && /["“”„‟\\() ]/u.test(one)) return one
  object(
    scan,
    at,
    whole.length,
    'A backslash stands before a quote, a space, a parenthesis, a backslash or u{…}. Write \\\\ for itself.',
    `\\${whole}`,
  )
  return ''
}
