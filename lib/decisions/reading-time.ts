/**
 * Words of prose an adult reads a minute, silently, in English: 238 on average over 190 studies (M. Brysbaert, “How many words do we read
 * per minute?”, Journal of Memory and Language 109, 2019). Other languages differ by less than people do.
 */
export const PROSE_WORDS_A_MINUTE = 238

/**
 * Words and numbers of commands, code and arguments: half of that. A choice of ours, and a generous one: those who look for faults in code
 * read some 300 to 500 lines an hour (J. Cohen, “Best Kept Secrets of Peer Code Review”, SmartBear 2006).
 */
export const CODE_WORDS_A_MINUTE = PROSE_WORDS_A_MINUTE / 2

/** Nobody finds the sentence, understands it and moves to a button in less, however short it is, in milliseconds. */
export const LEAST_READING_MS = 3_000

/** More of one text than this is not on the page until somebody asks for it, in characters. */
const SHOWN_AT_ONCE = 4_000

/** What a page shows to be read: sentences, and what has to be read like code. */
export type Shown = { prose: readonly string[]; code: readonly string[] }

/**
 * The least time a person needs to read what a request shows, in milliseconds. Meant to accuse nobody wrongly: headings, history and
 * whatever takes a click are left out, and a text without spaces counts as few words.
 */
export function readingMs({ prose, code }: Shown): number {
  const minutes = countWords(prose) / PROSE_WORDS_A_MINUTE + countWords(code) / CODE_WORDS_A_MINUTE
  return Math.max(LEAST_READING_MS, Math.round(minutes * 60_000))
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu

function countWords(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + (text.slice(0, SHOWN_AT_ONCE).match(WORD)?.length ?? 0), 0)
}
