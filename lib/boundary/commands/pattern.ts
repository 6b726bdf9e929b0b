import { isHarmless, type Setting } from './environment'
import { leadsOut, plainWord } from './paths'
import type { Part, Word } from './reading'
import { isRisky } from './risky'
import { plainGit } from './wrappers'

/** One entry of a list of commands, ready to match. `rest`: it ends in `*`. */
export type CommandPattern = {
  text: string
  env: readonly string[]
  words: readonly string[]
  rest: boolean
  /** the program's last name in small letters, by which `never` and `approval_required` know it */
  base: string
}

const MOST_WORDS = 40
const LONGEST_PATTERN = 400
const WORD = /'[^'\n]*'|"[^"\n]*"|[^\s'"]+/g
const SHAPE = new RegExp(`^(?:${WORD.source})(?: (?:${WORD.source}))*$`)

/**
 * Reads an entry such as `npm test`, `git diff *` or `ls src/**`: words, one blank apart, quoted with ' or " where they hold
 * blanks. `*` stands alone at the end and means any further words; `/**` ends a path and means anything below it.
 * Assignments may come first.
 */
export function parsePattern(text: string): { pattern: CommandPattern } | { problem: string } {
  if (text.length > LONGEST_PATTERN) return { problem: `A command has at most ${LONGEST_PATTERN} characters.` }
  if (!SHAPE.test(text)) return { problem: 'Words stand one blank apart, and quotes around whole words.' }
  const found = text.match(WORD) ?? []
  const words = found.map((word) => (/^['"]/.test(word) ? word.slice(1, -1) : word))
  if (words.length > MOST_WORDS) return { problem: `A command has 1 to ${MOST_WORDS} words.` }
  const quoted = (at: number) => /^["']/.test(found[at] ?? '')
  const rest = words.at(-1) === '*'
  const plain = rest ? words.slice(0, -1) : words
  for (const [at, word] of plain.entries()) {
    if (quoted(at)) continue
    if (word.replace(/\/\*\*$/, '').includes('*'))
      return { problem: 'A "*" stands alone at the end (any further words), or as "/**" at the end of a path.' }
    if (/[;&|<>$`()\\]/.test(word) || /^#/.test(word))
      return {
        problem: `"${word.slice(0, 40)}": name one command, without shell syntax; quote it where it is only text.`,
      }
  }
  const start = plain.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word))
  if (start < 0 && plain.length > 0) return { problem: 'Which command? Only assignments stand here.' }
  const env = start > 0 ? plain.slice(0, start) : []
  const named = plain.slice(Math.max(start, 0)).map((word, at) => (at === 0 ? commandName(word) : plainEntry(word)))
  return { pattern: { text, env, words: named, rest, base: baseName(named[0] ?? '') } }
}

const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1).toLowerCase()

function commandName(word: string): string {
  const system = /^\/(?:usr\/)?s?bin\/([^/]+)$/.exec(word)?.[1]
  if (system !== undefined) return system
  return word.includes('/') && !word.startsWith('/') ? `./${plainWord(word, '', null)}` : word
}

function plainEntry(word: string): string {
  return word.endsWith('/**') ? `${plainWord(word.slice(0, -3), '', null)}/**` : plainWord(word, '', null)
}

/**
 * Whether an entry under `autonomous` covers a command: word by word, every word known. A `*` stands for further words but
 * those that lead out of the workspace, run something else, or are not known before the shell runs.
 */
export function covers({ env, words, rest }: CommandPattern, part: Part, workspace: string | null): boolean {
  const given = part.words
  // Most entries are for another program, and are put aside by this alone.
  if (words[0] !== undefined && given[0]?.value !== words[0]) return false
  if (given.length < words.length || (!rest && given.length > words.length) || words.length < part.literal) return false
  if (part.literal > 0 && words.slice(part.literal - 1).every((word) => word.startsWith('-'))) return false
  if (!env.every((each) => part.env.some((one) => spelled(one) === each))) return false
  if (!part.env.every((one) => isHarmless(one) || env.includes(spelled(one)))) return false
  const cwd = part.cwds[0]
  if (cwd === undefined) return false
  const same = words.every((word, at) => {
    const one = given[at]
    if (one?.open !== 'no') return false
    if (at === 0) return one.value === word
    return sameWord(word, plainWord(one.value, cwd, workspace), part, one, workspace)
  })
  return same && given.slice(words.length).every((word, i) => stands(part, word, words.length + i, workspace))
}

const spelled = ({ name, value }: Setting): string => `${name}=${value ?? ''}`

function sameWord(entry: string, value: string, part: Part, word: Word, workspace: string | null): boolean {
  if (!entry.endsWith('/**')) return entry === value
  const under = entry.slice(0, -2)
  if (under.startsWith('/')) return value.startsWith(under) && !/(?:^|\/)\.\.?(?:\/|$)/.test(value)
  return value.startsWith(under) && !leadsOut(word, part.cwds, workspace)
}

function stands(part: Part, word: Word, at: number, workspace: string | null): boolean {
  if (at === 0) return word.open === 'no'
  return word.open !== 'any' && !isRisky(part.words, at) && !leadsOut(word, part.cwds, workspace)
}

/**
 * Whether an entry under `never` or `approval_required` means a command. It is read broadly: the program by its name wherever
 * it lies, options in any order, bundle or length, options' values skipped, and further words always allowed.
 */
export function means({ words, base }: CommandPattern, { words: all }: Part): boolean {
  if (words.length === 0) return true
  const [program] = all
  if (program === undefined || baseName(program.value) !== base) return false
  const entry = words.slice(1)
  const given = (base === 'git' ? plainGit(all).words : all).slice(1).filter(({ open }) => open !== 'any')
  const values = given.map(({ value }) => value)
  const operands = entry.filter((word) => !isOption(word))
  return inOrder(operands, values) && entry.filter(isOption).every((option) => hasOption(option, values))
}

const isOption = (word: string): boolean => /^-./.test(word) && word !== '--'

/** Operands in order from the first; one that follows an option may be that option's value, and is then skipped. */
function inOrder(wanted: readonly string[], given: readonly string[]): boolean {
  // The places reached so far in `wanted`, word by word: no backtracking, so that no command is slow.
  let reached = new Set([0])
  given.forEach((word, at) => {
    if (isOption(word) || word === '--') return
    const mayBeValue = at > 0 && isOption(given[at - 1] ?? '')
    const next = new Set<number>()
    for (const place of reached) {
      const want = wanted[place]
      if (want === undefined) next.add(place)
      else {
        if (matches(want, word)) next.add(place + 1)
        if (mayBeValue) next.add(place)
      }
    }
    reached = next
  })
  return reached.has(wanted.length)
}

function matches(want: string, word: string): boolean {
  const value = plainWord(word, '', null)
  return want.endsWith('/**') ? `${value}/`.startsWith(want.slice(0, -2)) : value === want || word === want
}

const LONG: Readonly<Record<string, readonly string[]>> = { r: ['recursive'], R: ['recursive'], f: ['force'] }

function hasOption(option: string, given: readonly string[]): boolean {
  if (given.includes(option)) return true
  const long = given.filter((word) => word.startsWith('--'))
  const letters = new Set(given.flatMap((word) => (/^-[^-]/.test(word) ? [...word.slice(1)] : [])))
  const hasLetter = (letter: string): boolean =>
    letters.has(letter) ||
    (letter === 'r' && letters.has('R')) ||
    (letter === 'R' && letters.has('r')) ||
    (LONG[letter] ?? []).some((name) => long.some((word) => isCut(word, name)))
  if (!option.startsWith('--')) return [...option.slice(1)].every(hasLetter) || (option === '-f' && forces(given))
  const [name = '', value] = option.slice(2).split('=', 2)
  const said = long.some((word) => isCut(word, name) && (value === undefined || word.endsWith(`=${value}`)))
  const letter = Object.keys(LONG).some((each) => letters.has(each) && LONG[each]?.includes(name) === true)
  return said || (value === undefined && letter) || (name === 'force' && forces(given))
}

/** A refspec with "+" in front is a forced push. */
function forces(given: readonly string[]): boolean {
  return given[0] === 'push' && given.some((word) => /^\+./.test(word))
}

/** `--for`, `--force=x` for `--force`: long options may be cut short. */
function isCut(word: string, name: string): boolean {
  const said = word.slice(2).split('=', 1)[0] ?? ''
  return said.length > 0 && name.startsWith(said)
}
