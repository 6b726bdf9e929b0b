import { isHarmless } from './environment'
import { covers, means, type CommandPattern } from './pattern'
import type { Part, Reading } from './reading'

export type CommandLists = {
  workspace: string | null
  autonomous: readonly CommandPattern[]
  approval_required: readonly CommandPattern[]
  never: readonly CommandPattern[]
}

/** An entry that a part of the command met: its place in its list, and the part as it was written (hostile text). */
export type Met = { at: number; text: string }

/**
 * What the lists say of a command. `autonomous` holds the entries that together cover all of it; null when they do not, and
 * then `why` tells of the first part nothing covers, or of the first doubt.
 */
export type CommandVerdict = {
  never: readonly Met[]
  approval_required: readonly Met[]
  autonomous: readonly number[] | null
  why: { text: string; why: string } | null
  /** something in it cannot be known beforehand */
  doubtful?: boolean
}

/** Judges every simple command of a line; the strictest answer wins, and the order of entries never matters. */
export function judgeCommand({ parts, doubts }: Reading, lists: CommandLists): CommandVerdict {
  const met = (list: readonly CommandPattern[]) =>
    list.flatMap((pattern, at): Met[] => {
      const part = parts.find((one) => means(pattern, one))
      return part === undefined ? [] : [{ at, text: part.text }]
    })
  const covering = parts.map((part) =>
    lists.autonomous.flatMap((pattern, at) => (covers(pattern, part, lists.workspace) ? [at] : [])),
  )
  const open = parts.findIndex(
    (part, at) =>
      !part.glimpsed && !part.clear && (covering[at] ?? []).length === 0 && !named(part, parts, covering, lists),
  )
  const bare = parts.every(({ glimpsed, clear }) => glimpsed || clear)
  const [doubt] = doubts
  const why =
    doubt ??
    (parts[open] !== undefined
      ? { text: parts[open].text, why: unlisted(parts[open]) }
      : bare
        ? { text: parts[0]?.text ?? '', why: 'it runs nothing' }
        : null)
  return {
    never: met(lists.never),
    approval_required: met(lists.approval_required),
    autonomous: why === null ? [...new Set(covering.flat())].toSorted((a, b) => a - b) : null,
    why,
    doubtful: doubts.length > 0,
  }
}

function unlisted({ env }: Part): string {
  const odd = env.find((one) => !isHarmless(one))
  return odd === undefined
    ? 'it is not on the list'
    : `it sets ${odd.name.slice(0, 40)}, which no entry of the list does`
}

/** Whether the entry that covers what runs a part also names that part, and does not leave it to its `*`. */
function named(
  part: Part,
  parts: readonly Part[],
  covering: readonly (readonly number[])[],
  lists: CommandLists,
): boolean {
  const { outer } = part
  const around = outer === null ? undefined : parts[outer.part]
  if (outer === null || around === undefined) return false
  return (covering[outer.part] ?? []).some((at) => {
    const words = lists.autonomous[at]?.words.length ?? 0
    return words > outer.from || words === around.words.length
  })
}
