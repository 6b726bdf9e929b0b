/** One line of what an action would change: hostile text, cut where it is longer than a line is. */
export type ChangedLine = {
  /** where in the arguments: `edits[1].new_string` */
  at: string
  /** the line in that text, from 1 */
  line: number
  side: 'added' | 'removed'
  text: string
  /** lines that stand together, so that what was taken away can be compared with what came instead */
  hunk: number
}

/** `complete` is false where there is more than is read: what is said of the lines says nothing of the rest. */
export type Changed = { lines: ChangedLine[]; complete: boolean }

const MOST_LINES = 2_000
const LONGEST_LINE = 500
const DEEPEST = 6

const OLD = /^(?:old|before)_?(?:string|str|text|value|content|line)?$/i
const NEW = /^(?:new|after)_?(?:string|str|text|value|content|line)?$/i
const DIFF = /^(?:diff|patch|unified_?diff|hunks?)$/i

/**
 * The lines an action would add and take away, out of its arguments as tools write them: pairs of old and new text, unified diffs, and
 * everything else as it is sent, values of a configuration as `key: value`. Total and bounded, whatever the arguments hold.
 */
export function changedLines(args: unknown): Changed {
  const changed: Changed = { lines: [], complete: true }
  const hunks = { next: 0 }
  const waiting: { value: unknown; at: string; key: string; depth: number }[] = [
    { value: args, at: '', key: '', depth: 0 },
  ]
  for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
    const { value, at, key, depth } = one
    if (changed.lines.length >= MOST_LINES || depth > DEEPEST || waiting.length > MOST_LINES) {
      changed.complete = false
      continue
    }
    if (typeof value === 'string') readText(changed, hunks, value, at, key)
    else if (typeof value === 'number' || typeof value === 'boolean')
      add(changed, { at, line: 1, side: 'added', text: `${key}: ${value}`, hunk: hunks.next++ })
    else if (Array.isArray(value))
      value.forEach((each, i) => waiting.push({ value: each, at: `${at}[${i}]`, key, depth: depth + 1 }))
    else if (typeof value === 'object' && value !== null)
      for (const [name, each] of unpaired(changed, hunks, value as Record<string, unknown>, at))
        waiting.push({ value: each, at: at === '' ? name : `${at}.${name}`, key: name, depth: depth + 1 })
  }
  return changed
}

/** Reads a pair of old and new text out of an object; answers its other members. */
function unpaired(changed: Changed, hunks: { next: number }, object: Record<string, unknown>, at: string) {
  const members = Object.entries(object)
  const old = members.find(([name, value]) => OLD.test(name) && typeof value === 'string')
  const fresh = members.find(([name, value]) => NEW.test(name) && typeof value === 'string')
  if (old === undefined || fresh === undefined) return members
  const path = (name: string) => (at === '' ? name : `${at}.${name}`)
  const [before, after] = [String(old[1]).split('\n'), String(fresh[1]).split('\n')]
  const hunk = hunks.next++
  for (const [side, lines, others, name] of [
    ['removed', before, after, old[0]],
    ['added', after, before, fresh[0]],
  ] as const) {
    const left = countOf(others)
    lines.forEach((text, i) => {
      const stays = left.get(text) ?? 0
      if (stays > 0) left.set(text, stays - 1)
      else add(changed, { at: path(name), line: i + 1, side, text, hunk })
    })
  }
  return members.filter((each) => each !== old && each !== fresh)
}

function readText(changed: Changed, hunks: { next: number }, text: string, at: string, key: string): void {
  const lines = text.split('\n')
  if (DIFF.test(key) || lines.some((line) => line.startsWith('@@ '))) readDiff(changed, hunks, lines, at)
  else if (lines.length === 1)
    add(changed, {
      at,
      line: 1,
      side: 'added',
      text: /^(?:command|cmd|script)$/i.test(key) ? text : `${key}: ${text}`,
      hunk: hunks.next++,
    })
  else {
    const hunk = hunks.next++
    lines.forEach((line, i) => add(changed, { at, line: i + 1, side: 'added', text: line, hunk }))
  }
}

/** A unified diff: `-` was there, `+` is new, and lines without either part the hunks. */
function readDiff(changed: Changed, hunks: { next: number }, lines: readonly string[], at: string): void {
  let open = false
  lines.forEach((line, i) => {
    const side = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : null
    if (side === null || /^(?:\+\+\+|---) /.test(line)) {
      if (open) hunks.next += 1
      open = false
    } else {
      open = true
      add(changed, { at, line: i + 1, side, text: line.slice(1), hunk: hunks.next })
    }
  })
  hunks.next += 1
}

function add(changed: Changed, line: ChangedLine): void {
  if (changed.lines.length >= MOST_LINES || line.text.length > LONGEST_LINE) changed.complete = false
  if (changed.lines.length < MOST_LINES) changed.lines.push({ ...line, text: line.text.slice(0, LONGEST_LINE) })
}

function countOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}
