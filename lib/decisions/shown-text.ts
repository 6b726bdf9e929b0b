import { sha256 } from '@/lib/core/canonical'

/** What a text is where it is too long to be shown whole: how large, its SHA-256, and where in the arguments it stands. */
export type Whole = {
  /** of its UTF-8 */
  bytes: number
  lines: number
  /** 64 hexadecimal digits: what `sha256sum` says of the file that is downloaded */
  sha256: string
  /** a JSON pointer (RFC 6901) into the arguments */
  at: string
}

/** Hostile text, whole, or its beginning and its end with what is left out between them. */
export type ShownText = { text: string; end: string; whole: Whole | null }

/** How much one request may put on a screen: characters of text, and values. What is over is counted, never dropped in silence. */
export type Room = { chars: number; values: number; cut: number }

export const newRoom = (): Room => ({ chars: 60_000, values: 500, cut: 0 })

const LEAST = 160
/** Part of what is shown of a long text is its end: nobody hides the last line behind a long first one. */
const END = 0.25

/**
 * A text for a screen. Of one that is longer than `most`, or than what is left of the room, the beginning and the end.
 * @param at where it stands, as a JSON pointer
 */
export function shownText(value: string, at: string, room: Room, most = 12_000): ShownText {
  const may = Math.max(Math.min(most, room.chars), LEAST)
  room.chars = Math.max(0, room.chars - Math.min(may, value.length))
  if (value.length <= may) return { text: value, end: '', whole: null }
  room.cut += 1
  const tail = Math.floor(may * END)
  return { text: head(value, may - tail), end: last(value, tail), whole: wholeOf(value, at) }
}

/** What there is to say of a text that is not shown whole. */
export function wholeOf(value: string, at: string): Whole {
  return {
    bytes: Buffer.byteLength(value, 'utf8'),
    lines: value.split('\n').length,
    sha256: sha256(value).toString('hex'),
    at,
  }
}

/** One step further along a JSON pointer. */
export const pointer = (at: string, step: string | number): string =>
  `${at}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** What a JSON pointer leads to; undefined where it leads nowhere. Own properties alone. */
export function atPointer(value: unknown, at: string): unknown {
  if (at === '') return value
  if (!at.startsWith('/')) return undefined
  let here = value
  for (const raw of at.slice(1).split('/')) {
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = (here as Record<string, unknown>)[step]
  }
  return here
}

/** Never half of a pair of surrogates: that would be a character nobody wrote. */
export function head(value: string, most: number): string {
  const cut = value.slice(0, most)
  return /[\ud800-\udbff]$/.test(cut) && most < value.length ? cut.slice(0, -1) : cut
}

function last(value: string, most: number): string {
  const cut = value.slice(value.length - most)
  return /^[\udc00-\udfff]/.test(cut) ? cut.slice(1) : cut
}
