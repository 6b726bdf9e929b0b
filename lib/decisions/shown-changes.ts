import { lineDiff, type DiffLine } from '@/lib/boundary/line-diff'
import { head, pointer, shownText, wholeOf, type Room, type ShownText, type Whole } from './shown-text'

/** A line of a change. `over`: how many of its characters are left out at its end. */
export type ChangeLine =
  | { kind: DiffLine['kind'] | 'note'; text: string; over: number }
  /** lines without a change that are folded into their number */
  | { kind: 'skipped'; count: number }

/** One change of a text, as the agent gives it: nobody compared what it calls the old text with what is there. */
export type ShownChange = {
  path: ShownText | null
  /**
   * two texts compared here; the beginnings of two that are too long for that; a patch the agent wrote; or a text that replaces
   * whatever was there
   */
  basis: 'compared' | 'beginnings' | 'patch' | 'written'
  lines: ChangeLine[]
  added: number
  removed: number
  /** lines left out at the end */
  more: number
  /** the texts it is made of, where not all of them is shown */
  wholes: Whole[]
}

const PAIRS = [
  ['old_string', 'new_string'], ['old_str', 'new_str'], ['old_text', 'new_text'], ['old_content', 'new_content'],
  ['old_value', 'new_value'], ['old_source', 'new_source'], ['before', 'after'], ['old', 'new'], ['original', 'updated'],
  ['current', 'proposed'], ['search', 'replace'], ['previous', 'next'],
] as const // prettier-ignore
const PATCHES = ['patch', 'diff', 'unified_diff'] as const
const WHOLES = ['content', 'contents', 'file_text', 'new_source', 'source', 'code'] as const
const PATHS = ['file_path', 'path', 'notebook_path', 'file', 'filename', 'filepath', 'target_file'] as const
const LOOKS_LIKE_A_PATCH = /^(?:diff --git |--- |\+\+\+ |@@ |\*\*\* |Index: )/m

const AROUND = 3
const MOST_LINES = 500
const MOST_OF_A_LINE = 1_000
/** More lines than this on both sides are not compared but shown one after the other. */
const MOST_COMPARED = 1_200
const MOST_COMPARED_CHARS = 400_000
const MOST_COMPARED_LINES = 20_000
const MOST_EDITS = 20

type Args = Readonly<Record<string, unknown>>
export type Changes = { changes: ShownChange[]; more: number; used: string[] }

/**
 * The changes of code or configuration in some arguments: an old and a new text, several of them in `edits`, a patch, or the
 * new content of a file. Null where there are none.
 * @param code the tool is known to change files, so that a content without a path is one, too
 */
export function changesIn(args: Args, code: boolean, room: Room): Changes | null {
  const pathKey = PATHS.find((name) => typeof args[name] === 'string')
  const path = (): ShownText | null =>
    pathKey === undefined ? null : shownText(String(args[pathKey]), pointer('', pathKey), room, 1_000)
  const used = pathKey === undefined ? [] : [pathKey]

  const pair = pairIn(args)
  if (pair) return { changes: [compared(args, pair, '', path(), room)], more: 0, used: [...used, ...pair] }

  const { edits } = args
  if (Array.isArray(edits) && edits.length > 0 && edits.every(isEdit)) {
    const where = path()
    const changes = edits.slice(0, MOST_EDITS).flatMap((edit, at) => {
      const of = pairIn(edit)
      return of ? [compared(edit, of, pointer('/edits', at), where, room)] : []
    })
    const more = edits.length - changes.length
    if (more > 0) room.cut += 1
    return { changes, more, used: edits.every(onlyPair) ? [...used, 'edits'] : used }
  }

  const patch = PATCHES.find((name) => typeof args[name] === 'string' && LOOKS_LIKE_A_PATCH.test(args[name]))
  if (patch) {
    const lines = String(args[patch]).split('\n').map(patchLine)
    const change = bounded(lines, path(), 'patch', [[String(args[patch]), pointer('', patch)]], room)
    return { changes: [change], more: 0, used: [...used, patch] }
  }

  const whole = WHOLES.find((name) => typeof args[name] === 'string')
  if (whole && (pathKey !== undefined || code)) {
    const text = String(args[whole])
    const lines = text
      .replace(/\n$/, '')
      .split('\n')
      .map((line): DiffLine => ({ kind: 'added', text: line }))
    const change = bounded(lines, path(), 'written', [[text, pointer('', whole)]], room)
    return { changes: [change], more: 0, used: [...used, whole] }
  }
  return null
}

function compared(of: Args, [was, is]: readonly [string, string], at: string, path: ShownText | null, room: Room) {
  const [before, after] = [asText(of[was]), asText(of[is])]
  const texts: [string, string][] = [
    [asSent(of[was]), pointer(at, was)],
    [asSent(of[is]), pointer(at, is)],
  ]
  const [old, fresh] = [countLines(before), countLines(after)]
  if (before.length + after.length <= MOST_COMPARED_CHARS && old + fresh <= MOST_COMPARED_LINES)
    return bounded(lineDiff(before, after, MOST_COMPARED), path, 'compared', texts, room)
  // too much to be compared while somebody waits: the beginning of each, one after the other, and how much there is
  const beginning = (text: string, kind: 'removed' | 'added'): DiffLine[] =>
    head(text, MOST_COMPARED_CHARS / 8)
      .split('\n', MOST_LINES / 2)
      .map((line) => ({ kind, text: line }))
  const change = bounded(
    [...beginning(before, 'removed'), ...beginning(after, 'added')],
    path,
    'beginnings',
    texts,
    room,
  )
  const more = old + fresh - change.lines.length
  if (change.wholes.length === 0) room.cut += 1
  return {
    ...change,
    ...{ added: fresh, removed: old, more },
    wholes: texts.filter(([text]) => text !== '').map(([text, where]) => wholeOf(text, where)),
  }
}

function countLines(text: string): number {
  let lines = text === '' ? 0 : 1
  for (let at = text.indexOf('\n'); at !== -1 && at < text.length - 1; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}

function bounded(
  lines: readonly (DiffLine | { kind: 'note'; text: string })[],
  path: ShownText | null,
  basis: ShownChange['basis'],
  texts: readonly [string, string][],
  room: Room,
): ShownChange {
  const folded = basis === 'compared' ? fold(lines) : lines
  const shown: ChangeLine[] = []
  let cut = false
  for (const line of folded) {
    if (shown.length >= MOST_LINES || room.chars <= 0) break
    if (line.kind === 'skipped') shown.push(line)
    else {
      const text = head(line.text, MOST_OF_A_LINE)
      room.chars -= text.length + 1
      cut ||= text.length < line.text.length
      shown.push({ kind: line.kind, text, over: line.text.length - text.length })
    }
  }
  const more = folded.length - shown.length
  cut ||= more > 0
  if (cut) room.cut += 1
  return {
    path,
    basis,
    lines: shown,
    added: lines.filter(({ kind }) => kind === 'added').length,
    removed: lines.filter(({ kind }) => kind === 'removed').length,
    more,
    wholes: cut ? texts.filter(([text]) => text !== '').map(([text, at]) => wholeOf(text, at)) : [],
  }
}

type Folded = DiffLine | { kind: 'note'; text: string } | { kind: 'skipped'; count: number }

/** Stretches without a change become their number; three lines around every change stay. */
function fold(lines: readonly (DiffLine | { kind: 'note'; text: string })[]): Folded[] {
  const near = new Uint8Array(lines.length)
  lines.forEach(({ kind }, at) => {
    if (kind !== 'same') near.fill(1, Math.max(0, at - AROUND), at + AROUND + 1)
  })
  const folded: Folded[] = []
  lines.forEach((line, at) => {
    const last = folded.at(-1)
    if (near[at] === 1) folded.push(line)
    else if (last?.kind === 'skipped') last.count += 1
    else folded.push({ kind: 'skipped', count: 1 })
  })
  return folded
}

function patchLine(line: string): DiffLine | { kind: 'note'; text: string } {
  if (/^(?:diff |index |--- |\+\+\+ |@@|\*\*\* |Index: |\\)/.test(line)) return { kind: 'note', text: line }
  if (line.startsWith('+')) return { kind: 'added', text: line.slice(1) }
  if (line.startsWith('-')) return { kind: 'removed', text: line.slice(1) }
  return { kind: 'same', text: line.startsWith(' ') ? line.slice(1) : line }
}

function pairIn(of: Args): readonly [string, string] | undefined {
  return PAIRS.find(([was, is]) => Object.hasOwn(of, was) && Object.hasOwn(of, is))
}

const isEdit = (edit: unknown): edit is Args =>
  typeof edit === 'object' && edit !== null && !Array.isArray(edit) && pairIn(edit as Args) !== undefined
const onlyPair = (edit: unknown): boolean => isEdit(edit) && Object.keys(edit).length === 2

/** What is no text is compared as its JSON, a name a line, the names in order: the order they were sent in means nothing. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(inOrder(value), undefined, 2)
}

/** As it is downloaded. */
const asSent = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, inOrder(inner)]),
  )
}
