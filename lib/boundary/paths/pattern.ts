import picomatch from 'picomatch'
import { isSecretFile } from './secret-files'

/**
 * One entry of a list of paths or resources, ready to match. `type` is set where it is about resources (`customer:*`), null
 * where it is about files.
 */
export type PathPattern = {
  text: string
  type: string | null
  /** as it is read under `autonomous`: this very path, in this very case */
  covers: (path: string) => boolean
  /** as it is read under `never` and `approval_required`: in any case, and a name alone wherever it lies */
  means: (path: string) => boolean
}

const LONGEST_ENTRY = 300
const LONGEST_PATH = 1_000
const MOST_STARS = 4
const TYPE = /^([A-Za-z][A-Za-z0-9_-]{0,63}):(.+)$/
/** The one word among the paths: files that by their name hold keys and passwords. */
export const SECRETS = 'secrets'

/**
 * Reads an entry such as `src/**`, `*.sql`, `.env`, `secrets` or `customer:vip-*`. `*` stays within a name, `**` crosses
 * directories, `?` is one character; there are no braces, classes or negations, so that a reader needs no manual and a
 * pattern stays fast on any path (picomatch, by regular expressions of at most four stars).
 */
export function parsePathPattern(text: string): { pattern: PathPattern } | { problem: string } {
  if (text.length > LONGEST_ENTRY) return { problem: `A path has at most ${LONGEST_ENTRY} characters.` }
  if (text === SECRETS) return { pattern: { text, type: null, covers: isSecretFile, means: isSecretFile } }
  const [, type = null, name = text] = TYPE.exec(text) ?? []
  if (/[[\]{}()!\\|]/.test(name))
    return { problem: 'Only "*", "**" and "?" stand for something in a path; write everything else out.' }
  if ((name.match(/\*+/g) ?? []).length > MOST_STARS) return { problem: `At most ${MOST_STARS} "*" or "**" in a path.` }
  if (type === null && name.split('/').includes('..')) return { problem: 'A path goes down, never up: leave ".." out.' }
  if (type === null && name.startsWith('~'))
    return { problem: 'Whose home is "~"? Write the directory out, such as "/home/dev/.ssh/**".' }
  return { pattern: { text, type, ...matchers(type === null ? name.replace(/^(?:\.\/)+/, '') : name, type !== null) } }
}

function matchers(name: string, resource: boolean): Pick<PathPattern, 'covers' | 'means'> {
  const plain = { dot: true, nobrace: true, nobracket: true, noext: true, nonegate: true, strictSlashes: false }
  // A directory is covered by what covers everything below it; all of the workspace, '', by `**` alone.
  const narrow = name === '**' ? () => true : picomatch(name, plain)
  // The name of a resource has no directories: `*` stands for all of it.
  const broad = picomatch(resource ? name.replaceAll(/\*+/g, '**') : name, {
    ...plain,
    nocase: true,
    matchBase: !name.includes('/'),
  })
  const bounded = (test: (path: string) => boolean) => (path: string) => path.length <= LONGEST_PATH && test(path)
  return { covers: bounded(narrow), means: (path) => path.length > LONGEST_PATH || broad(path) }
}
