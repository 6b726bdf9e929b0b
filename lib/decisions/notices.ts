import { changedLines, type ChangedLine } from './changed-lines'
import type { ActionKind } from './kinds'
import { HUNK_RULES, LINE_RULES } from './notice-rules'

/** Something a rule saw in a change, at its exact spot. It is no verdict; `text` is an agent's own words. */
export type Notice = {
  rule: string
  says: string
  /** at most three, in the order of the change */
  spots: { at: string; line: number; side: ChangedLine['side']; text: string }[]
  /** how many more there are */
  more: number
}

/** What rules saw. `complete` is false where the change is larger than they read. */
export type Noticed = { notices: Notice[]; complete: boolean }

const MOST_SPOTS = 3
const LONGEST_SHOWN = 160

/**
 * What rules notice in the arguments of an action of these kinds (C24), the weightiest first, each rule once. Pure; reads a bounded part
 * of whatever it is given. Nothing noticed is no sign that nothing is there.
 */
export function noticesOf(args: unknown, kinds: readonly ActionKind[]): Noticed {
  const { lines, complete } = changedLines(args)
  const hunks = [...hunksOf(lines).values()]
  const notices = [
    ...LINE_RULES.filter((rule) => rule.kinds === undefined || rule.kinds.some((kind) => kinds.includes(kind))).map(
      ({ id, says, side, test }) =>
        noticed(
          id,
          says,
          lines.filter((line) => (side === 'either' || line.side === side) && test.test(line.text)),
        ),
    ),
    ...HUNK_RULES.map(({ id, says, find }) =>
      noticed(
        id,
        says,
        hunks.flatMap(({ removed, added }) => find(removed, added)),
      ),
    ),
  ]
  return { notices: notices.filter(({ spots }) => spots.length > 0), complete }
}

function noticed(rule: string, says: string, found: readonly ChangedLine[]): Notice {
  return {
    rule,
    says,
    spots: found
      .slice(0, MOST_SPOTS)
      .map(({ at, line, side, text }) => ({ at, line, side, text: text.trim().slice(0, LONGEST_SHOWN) })),
    more: Math.max(0, found.length - MOST_SPOTS),
  }
}

function hunksOf(lines: readonly ChangedLine[]): Map<number, { removed: ChangedLine[]; added: ChangedLine[] }> {
  const hunks = new Map<number, { removed: ChangedLine[]; added: ChangedLine[] }>()
  for (const line of lines) {
    const hunk = hunks.get(line.hunk) ?? { removed: [], added: [] }
    hunk[line.side].push(line)
    hunks.set(line.hunk, hunk)
  }
  return hunks
}
