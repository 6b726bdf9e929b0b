/** Counted in characters (code points). NIST SP 800-63B-4 §3.1.1.2 asks for 8 beside a second factor and advises more. */
export const SHORTEST_PASSWORD = 12
/** Long enough for any passphrase or manager; a bound, because the hash reads every byte. */
export const LONGEST_PASSWORD = 256

const MOST_GUESSED = [
  'countersign',
  'password',
  'passwort',
  'welcome',
  'letmein',
  'changeme',
  'administrator',
  'admin',
  'secret',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwerty',
  'qwertz',
  'iloveyou',
  'monkey',
  'dragon',
  'summer',
  'winter',
  'spring',
  'autumn',
]
/** What must be left of a password once the words an attacker tries first are taken out of it. */
const LEAST_LEFT = 7
const LEAST_DIFFERENT = 5

/**
 * The one form of a password that is judged and hashed: Unicode NFKC, so that the same keys typed on another system are
 * the same password (NIST SP 800-63B-4 §3.1.1.2).
 */
export function normalPassword(password: string): string {
  return password.normalize('NFKC')
}

/**
 * What is wrong with a password somebody chooses, as the sentence to show beside its field; undefined when nothing is. It
 * asks for length and refuses what is guessed first; it asks for no mixture of characters (NIST SP 800-63B-4).
 */
export function passwordProblem(password: string, who: { name: string; email: string }): string | undefined {
  const characters = Array.from(normalPassword(password))
  if (characters.length < SHORTEST_PASSWORD)
    return `${characters.length === 1 ? '1 character' : `${characters.length} characters`}. It needs ${SHORTEST_PASSWORD} or more.`
  if (characters.length > LONGEST_PASSWORD) return `At most ${LONGEST_PASSWORD} characters.`
  if (new Set(characters).size < LEAST_DIFFERENT)
    return 'It repeats a few characters. Take several words that have nothing to do with each other.'
  if (steps(characters) < LEAST_LEFT)
    return 'It is a row of the keyboard or the alphabet. Take several words that have nothing to do with each other.'
  if (Array.from(without(fold(password), [...wordsOf(who), ...MOST_GUESSED])).length < LEAST_LEFT)
    return 'It is little more than your name, your address or a word everybody tries first. Take several words that have nothing to do with each other.'
  return undefined
}

const fold = (text: string): string => normalPassword(text).toLowerCase()

function wordsOf({ name, email }: { name: string; email: string }): string[] {
  return fold(`${name} ${email}`)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= 3)
}

/** Takes the longest words out first, so that "admin" does not leave "istrator" behind. */
function without(text: string, words: readonly string[]): string {
  return words.toSorted((a, b) => b.length - a.length).reduce((left, word) => left.replaceAll(word, ''), text)
}

/** How many characters are not simply the one before, or its neighbour in the alphabet. */
function steps(characters: readonly string[]): number {
  const points = characters.map((character) => character.codePointAt(0) ?? 0)
  return points.filter((point, at) => at === 0 || Math.abs(point - (points[at - 1] ?? 0)) > 1).length
}
