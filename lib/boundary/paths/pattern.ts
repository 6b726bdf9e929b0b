import { compileGlob, compileName, type Spelling } from './glob'
import { isSecretFile } from './secret-files'
import { fold, spellingsOf } from './spelling'

/**
 * One entry of a list of paths or resources, ready to match. `type` is set where it is about resources (`customer:*`), null
 * where it is about files.
 */
export type PathPattern = {
  text: string
  type: string | null
  /** as it is read under `autonomous`: this very path, in this very case */
  covers: (path: string) => boolean
  /**
   * as it is read under `never` and `approval_required`: in any case, a name alone wherever it lies, and what lies below a directory
   * it names. Of paths, one of all ways to read one (`spellingsOf`); of resources, an id by itself.
   */
  meets: (path: Spelling) => boolean
  /** the same of a path, or an id, as it is written */
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
 * pattern is fast on any path.
 */
export function parsePathPattern(text: string): { pattern: PathPattern } | { problem: string } {
  if (text.length > LONGEST_ENTRY) return { problem: `A path has at most ${LONGEST_ENTRY} characters.` }
  if (text === SECRETS) {
    const meets = (path: Spelling) => isSecretFile(path.join('/'))
    return { pattern: { text, type: null, covers: isSecretFile, meets, means: isSecretFile } }
  }
  const [, type = null, name = text] = TYPE.exec(text) ?? []
  if (/[[\]{}()!\\|]/.test(name))
    return { problem: 'Only "*", "**" and "?" stand for something in a path; write everything else out.' }
  if ((name.match(/\*+/g) ?? []).length > MOST_STARS) return { problem: `At most ${MOST_STARS} "*" or "**" in a path.` }
  if (type === null && name.split('/').includes('..')) return { problem: 'A path goes down, never up: leave ".." out.' }
  if (type === null && name.startsWith('~'))
    return { problem: 'Whose home is "~"? Write the directory out, such as "/home/dev/.ssh/**".' }
  return { pattern: { text, type, ...(type === null ? ofPaths(name.replace(/^(?:\.\/)+/, '')) : ofResources(name)) } }
}

type Matchers = Pick<PathPattern, 'covers' | 'meets' | 'means'>

function ofPaths(name: string): Matchers {
  const narrow = compileGlob(namesOf(name))
  const written = namesOf(fold(name))
  const anywhere = written.length === 1 ? ['**', ...written] : written
  const meets = compileGlob(/[*?]/.test(written.at(-1) ?? '') ? anywhere : [...anywhere, '**'])
  return {
    covers: (path) => path.length <= LONGEST_PATH && narrow(namesOf(path)),
    meets,
    means: (path) => path.length > LONGEST_PATH || spellingsOf(path, null).some(meets),
  }
}

/** An id has no directories: `*` stands for any of its characters. */
function ofResources(name: string): Matchers {
  const [narrow, broad] = [compileName(name), compileName(fold(name).trim())]
  const meets = (ids: Spelling) => ids.some(broad)
  return {
    covers: (id) => id.length <= LONGEST_PATH && narrow(id),
    meets,
    means: (id) => id.length > LONGEST_PATH || meets([fold(id).trim(), fold(id)]),
  }
}

/** All of the workspace, '', has no names. What ends with a slash is the directory. */
function namesOf(path: string): string[] {
  const whole = path.replace(/(?<=[^/])\/$/, '')
  return whole === '' ? [] : whole.split('/')
}
