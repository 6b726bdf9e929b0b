import type { Spelling } from './glob'

/** Without what file systems do not tell apart: case, composition and width of letters. */
export const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

/** Names without empty ones, `.` and `..`; above the root is the root. */
function names(path: string): string[] {
  const found: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name === '..') found.pop()
    else found.push(name)
  }
  return found
}

/**
 * Whether a path is written so that the program that opens it may take it for another one: control characters, backslashes, drives,
 * addresses, names with blanks or dots at their ends. Nothing covers such a path.
 */
export function isOdd(text: string): boolean {
  if (/[\u0000-\u001f\u007f\\\uff0e\uff0f\ufe52\u2024-\u2026]|^\s|^file:|^[a-z]:/i.test(text)) return true
  return text.split('/').some((name) => name !== '.' && name !== '..' && /[.\s]$/.test(name.slice(-1)))
}

/**
 * Every way to read a path that a program might: as it is written, from the workspace down and in full, with a backslash as a slash,
 * as a `file:` address, up to a NUL, without the blanks and dots that some systems drop. For entries that hold and forbid.
 */
export function spellingsOf(text: string, workspace: string | null): Spelling[] {
  const root = workspace === null ? null : names(workspace)
  const found = new Map<string, Spelling>()
  for (const written of writings(text)) {
    const absolute = written.startsWith('/')
    const under = absolute || written.startsWith('~') || workspace === null ? written : `${workspace}/${written}`
    const whole = names(under)
    for (const path of [whole, whole.map(ending)].map((each) => each.map(fold))) {
      const full = under.startsWith('/') ? ['', ...path] : path
      found.set(full.join('/'), full)
      if (root !== null && under.startsWith('/') && root.every((name, at) => fold(name) === path[at])) {
        const inner = path.slice(root.length)
        found.set(inner.join('/'), inner)
      }
    }
  }
  return [...found.values()]
}

/** A name without what some systems drop at its end: dots, blanks, and what follows a colon. */
function ending(name: string): string {
  const [bare = ''] = name.split(':')
  let end = bare.length
  while (end > 0 && /[.\s]/.test(bare.charAt(end - 1))) end -= 1
  return end === 0 ? name : bare.slice(0, end)
}

function writings(text: string): Set<string> {
  const found = new Set([text, text.normalize('NFKC'), text.trim()])
  for (const each of [...found]) {
    if (each.includes('\0')) found.add(each.slice(0, each.indexOf('\0')))
    if (each.includes('\\')) found.add(each.replaceAll('\\', '/'))
    const address = /^file:(?:\/\/[^/]*(?=\/))?(.*)$/is.exec(each)?.[1]
    if (address !== undefined) found.add(address).add(decoded(address))
  }
  return found
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address)
  } catch {
    return address
  }
}
