import { inside } from '../commands/paths'
import type { CommandVerdict, Met } from '../commands/judge'
import { fold, isOdd, spellingsOf } from './spelling'
import type { Spelling } from './glob'
import type { PathPattern } from './pattern'

export type CompiledPaths = {
  workspace: string | null
  autonomous: readonly PathPattern[]
  approval_required: readonly PathPattern[]
  never: readonly PathPattern[]
}

const LONGEST_PATH = 1_000

/**
 * A path as lists compare it: from the workspace down where it surely lies there, and every way to read it, null where it is too long
 * to be read.
 */
type Located = { text: string; inner: string | null; spellings: readonly Spelling[] | null }

/**
 * What lists of paths say of the files a call names; the strictest answer wins. `autonomous` holds the entries that together
 * cover all of them; null when they do not, and then `why` tells of the first file nothing covers.
 * @param unclear why the call does not say which files it is about; null when it does
 */
export function judgePaths(paths: readonly string[], lists: CompiledPaths, unclear: string | null): CommandVerdict {
  const files = paths.map((text) => located(text, lists.workspace))
  const covering = files.map(({ inner }) =>
    inner === null
      ? []
      : lists.autonomous.flatMap(({ type, covers }, at) => (type === null && covers(inner) ? [at] : [])),
  )
  const open = covering.findIndex((entries) => entries.length === 0)
  const file = files[open]
  const why =
    unclear !== null
      ? { text: paths[0] ?? '', why: unclear }
      : file !== undefined
        ? { text: file.text, why: file.inner === null ? 'it lies outside the workspace' : 'it is not on the list' }
        : null
  return {
    never: metBy(files, lists.never),
    approval_required: metBy(files, lists.approval_required),
    autonomous: why === null ? [...new Set(covering.flat())].toSorted((a, b) => a - b) : null,
    why,
  }
}

/** The entries some files meet, read broadly. For texts of a shell that may or may not be paths, too. */
export function pathsMet(
  paths: readonly string[],
  lists: Pick<CompiledPaths, 'workspace'>,
  list: readonly PathPattern[],
): Met[] {
  return metBy(
    paths.map((text) => located(text, lists.workspace)),
    list,
  )
}

/** Whether a resource is one that entries under `autonomous` name: this very id. */
export function resourceCovered(resource: { type: string; id: string }, list: readonly PathPattern[]): boolean {
  return list.some((pattern) => isOfType(resource, pattern) && pattern.covers(resource.id))
}

/** Whether an entry is about resources of this type, however it is spelled. */
export function isOfType(resource: { type: string }, { type }: PathPattern): boolean {
  return type !== null && fold(type) === fold(resource.type).trim()
}

/** The entries a resource meets: `customer:*` by its type, however both are spelled. */
export function resourceMet(resource: { type: string; id: string }, list: readonly PathPattern[]): Met[] {
  return list.flatMap((pattern, at) =>
    isOfType(resource, pattern) && pattern.means(resource.id) ? [{ at, text: `${resource.type} ${resource.id}` }] : [],
  )
}

function metBy(files: readonly Located[], list: readonly PathPattern[]): Met[] {
  return list.flatMap(({ type, meets }, at): Met[] => {
    if (type !== null) return []
    const file = files.find(({ spellings }) => spellings === null || spellings.some(meets))
    return file === undefined ? [] : [{ at, text: file.text }]
  })
}

function located(text: string, workspace: string | null): Located {
  if (text.length > LONGEST_PATH) return { text, inner: null, spellings: null }
  return {
    text,
    inner: isOdd(text) ? null : inside(text, '', workspace),
    spellings: spellingsOf(text, workspace),
  }
}
