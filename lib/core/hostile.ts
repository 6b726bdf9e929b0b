import { findMixed } from './mixed-scripts'

/**
 * Text that an agent, a tool or a stranger supplied, cut into what can be shown as it is and what must be spelled out
 * (C38). Nothing is dropped: a character that draws nothing, reorders its neighbours or hides a message becomes a mark.
 */
export type HostileSegment =
  | { kind: 'text'; text: string }
  /** `code` is U+XXXX; `count` how often it stands in a row; `hidden` the message spelled in tag characters, if any. */
  | { kind: 'mark'; code: string; count: number; hidden?: string }
  /** a word that is not what it looks like: letters of several scripts in it, or letters that only look like Latin ones */
  | { kind: 'mixed'; text: string; scripts: string }

/**
 * What draws nothing or lies about order: controls but newline and tab, format characters (zero width, bidi, tags, soft
 * hyphen), line and paragraph separators, odd spaces, lone surrogates, private use, unassigned, variation selectors, and
 * the letters that are blank although they count as letters (Hangul fillers, Braille blank, Khmer inherent vowels).
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u1680\u2000-\u200a\u202f\u205f\u3000\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u
/** Nothing in it can be unseen: what most texts are. */
const PLAIN = /^[\n\t\x20-\x7e]+$/
const SHOWN_ANYWAY = new Set(['\n', '\t'])
const PICTURE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}#*0-9]/u
const STACKED = /\p{M}/u
/** More combining marks than any script piles on one letter: the rest are spelled out, so that they cannot paint over a line. */
const MOST_STACKED = 4

/** Cuts hostile text into segments. Adjacent text is one segment; the same mark in a row is one mark with a count. */
export function spellOut(text: string): HostileSegment[] {
  const read = text.replaceAll('\r\n', '\n')
  if (PLAIN.test(read)) return [{ kind: 'text', text: read }]
  const segments: HostileSegment[] = []
  let at = 0
  for (const { from, to, scripts } of findMixed(read)) {
    spellInto(segments, read.slice(at, from))
    segments.push({ kind: 'mixed', text: read.slice(from, to), scripts })
    at = to
  }
  spellInto(segments, read.slice(at))
  return segments
}

function spellInto(segments: HostileSegment[], text: string): void {
  const characters = Array.from(text)
  let stacked = 0
  characters.forEach((character, at) => {
    stacked = STACKED.test(character) ? stacked + 1 : 0
    const plain = SHOWN_ANYWAY.has(character) || !UNSEEN.test(character) || joinsPictures(characters, at)
    if (plain && stacked <= MOST_STACKED) addText(segments, character)
    else addMark(segments, character)
  })
}

/** How many characters of a text a person would not see. For a finding beside it: "4 invisible characters". */
export function countUnseen(segments: readonly HostileSegment[]): number {
  return segments.reduce((sum, segment) => (segment.kind === 'mark' ? sum + segment.count : sum), 0)
}

/** One line of plain text with the marks written out, for places that hold no elements: titles, logs, the terminal. */
export function spelledOut(text: string): string {
  return spellOut(text)
    .map((segment) => {
      if (segment.kind === 'text') return segment.text
      if (segment.kind === 'mixed') return `${segment.text}[${segment.scripts}]`
      return `[${segment.code}${segment.count > 1 ? ` ×${segment.count}` : ''}]`
    })
    .join('')
}

/** An emoji is often several characters held by invisible ones; between pictures, and only there, those are part of what is seen. */
function joinsPictures(characters: readonly string[], at: number): boolean {
  const before = characters[at - 1] ?? ''
  const after = characters[at + 1] ?? ''
  if (characters[at] === '\ufe0f') return PICTURE.test(before)
  return (
    characters[at] === '\u200d' &&
    /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]/u.test(before) &&
    /\p{Extended_Pictographic}/u.test(after)
  )
}

function addText(segments: HostileSegment[], character: string): void {
  const last = segments.at(-1)
  if (last?.kind === 'text') last.text += character
  else segments.push({ kind: 'text', text: character })
}

function addMark(segments: HostileSegment[], character: string): void {
  const point = character.codePointAt(0) ?? 0
  // Tag characters mirror ASCII at U+E0000: a whole sentence can hide in them, so it is read out instead of counted.
  const spelled = point >= 0xe0020 && point <= 0xe007e ? String.fromCodePoint(point - 0xe0000) : undefined
  const code = spelled === undefined ? `U+${point.toString(16).toUpperCase().padStart(4, '0')}` : 'U+E0020…E007E'
  const last = segments.at(-1)
  if (last?.kind === 'mark' && last.code === code) {
    last.count += 1
    if (spelled !== undefined) last.hidden = (last.hidden ?? '') + spelled
  } else segments.push({ kind: 'mark', code, count: 1, ...(spelled !== undefined && { hidden: spelled }) })
}
