import type { Word } from './reading'

/** Directories every system finds its own programs in: `/usr/bin/git` is `git`. Those that users fill are not among them. */
const SYSTEM = /^\/(?:usr\/)?s?bin\/([^/]+)$/
/** Files a shell, git or an editor runs by itself sooner or later. */
const STARTUP =
  /(?:^|\/)(?:\.git|\.husky|\.ssh)(?:\/|$)|(?:^|\/)\.(?:bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|zshrc|zshenv|zprofile|zlogin|zlogout|kshrc|inputrc|envrc|npmrc|yarnrc|yarnrc\.yml|gitconfig|gitmodules|gitattributes|netrc|pnp\.c?js)$/i
/** What a redirection may write without an entry that says so: text that people read and no program runs. */
const NOTES = /\.(?:log|txt|out|tmp|patch|diff|csv|tap)$/i
const READ_BY_TOOLS =
  /(?:^|\/)(?:requirements|constraints)[^/]*\.txt$|(?:^|\/)cmakelists\.txt$|(?:^|\/)(?:\.|node_modules\/)/i

/** A path from the workspace down, without `.` and `..`; null when it leads out, or nobody can tell. Purely lexical. */
export function inside(path: string, cwd: string, workspace: string | null): string | null {
  if (path.startsWith('~')) return null
  if (path.startsWith('/')) {
    const whole = normal('', path.slice(1))
    if (workspace === null || whole === null) return null
    const root = normal('', workspace.slice(1)) ?? ''
    if (whole === root) return ''
    return whole.startsWith(`${root}/`) ? whole.slice(root.length + 1) : null
  }
  return normal(cwd, path)
}

function normal(from: string, path: string): string | null {
  const segments = from === '' ? [] : from.split('/')
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return null
  }
  return segments.join('/')
}

/** The name of a program as entries write it: `git` for `/usr/bin/git`, `./x` for a path in the workspace; null when outside. */
export function programName(word: string, cwds: readonly string[], workspace: string | null): string | null {
  const system = SYSTEM.exec(word)?.[1]
  if (system !== undefined) return system
  if (!word.includes('/')) return word.startsWith('~') ? null : word
  const found = new Set(cwds.map((cwd) => inside(word, cwd, workspace)))
  const [only] = found
  return found.size !== 1 || only === null || only === undefined || only === '' ? null : `./${only}`
}

/** A word as entries write it: a path without `./`, `..` and a last `/`. What is no path stays as it is. */
export function plainWord(value: string, cwd: string, workspace: string | null): string {
  if (!/^\.{0,2}\/|\/|^\.{1,2}$/.test(value) || value.startsWith('-') || value.includes('://')) return value
  const path = inside(value, cwd, workspace)
  if (path === null) return value
  return path === '' ? '.' : path.startsWith('-') ? `./${path}` : path
}

/** Every text within a word that a program could take for a path: `--out=/x`, `-o/x`, `host:/x`, `@/x`. */
export function pathsIn(value: string): string[] {
  if (/^(?!file:)[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(value)) return []
  const pieces = value.split(/[=:,@]/)
  const short = /^-[A-Za-z]+(?=[/~.])(.*)$/.exec(value)?.[1]
  return [value, ...pieces.slice(1), ...(short === undefined ? [] : [short])].filter((piece) => !piece.startsWith('-'))
}

/** Whether a word leads out of the workspace, or to a file that is run by itself. */
export function leadsOut({ value, open }: Word, cwds: readonly string[], workspace: string | null): boolean {
  // Names a glob finds begin with what stands before its first wildcard; a segment with a dot in front may find `..`.
  if (open === 'glob' && (/^[-*?[]/.test(value) || /(?:^|\/)\.[^/]*[*?[]/.test(value))) return true
  return pathsIn(value).some((piece) =>
    cwds.some((cwd) => {
      const path = inside(piece, cwd, workspace)
      return path === null || STARTUP.test(path)
    }),
  )
}

/** Whether a redirection may write there without an entry that says so. */
export function mayWrite({ value, open }: Word, cwds: readonly string[], workspace: string | null): boolean {
  if (open !== 'no') return false
  if (/^\/dev\/(?:null|stdout|stderr)$/.test(value)) return true
  return cwds.every((cwd) => {
    const path = inside(value, cwd, workspace)
    return path !== null && NOTES.test(path) && !READ_BY_TOOLS.test(path)
  })
}
