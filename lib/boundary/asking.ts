import type { Asked } from './boundary'

/** Who answers what no entry says it of, and how long it waits, in milliseconds. */
export const DEFAULT_ASKED: readonly Asked[] = ['analyst']
export const DEFAULT_WAIT_MS = 24 * 3_600_000

const WORDS: Readonly<Record<string, string>> = {
  analyst: 'an analyst',
  ciso: 'a CISO',
  on_call: 'whoever is on call',
  owner: 'the owner of the agent',
}

/** Who may answer, in words: `an analyst or somebody of team payments`. */
export function askedWords(asked: readonly Asked[]): string {
  const words = asked.map((one) => WORDS[one] ?? (one.startsWith('team:') ? `somebody of team ${one.slice(5)}` : one))
  return words.length < 2 ? (words[0] ?? 'nobody') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}
