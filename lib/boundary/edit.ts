import { isCollection, isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { BOUNDARY_PROPERTIES } from './json-schema'
import { changed, isPlainMap, keyOf, type Path, type Plain, plainOf, readNodes, same, toPlain } from './plain'
import {
  type Collection,
  columnOf,
  endOf,
  isBlockText,
  isNothing,
  lineStart,
  nextLine,
  type Part,
  startOf,
} from './text-place'
import { behindDash, behindKey, entryLines, inline, itemLines, scalar } from './written'

/** The new text, or why the form may not write here: then the text stays as it is. */
export type Edited = { source: string } | { problem: string }

const ORDER = Object.keys(BOUNDARY_PROPERTIES)
const CANNOT = 'This part is written in a way the form does not change. Edit it in the text.'
const MOST_ROUNDS = 500

/**
 * Makes a part of a text say `value` (undefined: takes it out) by changing as few characters as there are to change: comments,
 * order, quotes and indentation of everything else stay byte for byte, and a value that is there already changes nothing. What
 * comes out is read again: it says exactly what the old text said with that one change, or nothing is changed.
 */
export function edit(source: string, path: Path, value: Plain | undefined): Edited {
  const before = plainOf(source)
  if (before === null) return { problem: 'The text cannot be read as it is.' }
  const wanted = changed(before, path, value)
  let text = source
  // Each round changes one place and reads the text again: offsets never go stale.
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const read = readNodes(text)
    if (read === null) return { problem: CANNOT }
    const next = once(text, read.contents, wanted)
    if (next === text) break
    text = next
  }
  const after = plainOf(text)
  return after !== null && same(after, wanted) ? { source: text } : { problem: CANNOT }
}

/** Whether what is around is written in brackets, and the column of a block's keys or dashes. */
type Around = { flow: boolean; indent: number }

/** The text after the first difference between it and what it should say. */
function once(text: string, contents: Node | null, wanted: Plain): string {
  if (contents !== null) return step(text, contents, wanted, { flow: false, indent: 0 })
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  const [first] = isPlainMap(wanted) ? Object.entries(wanted) : []
  return first === undefined ? text : text + gap + entryLines(first[0], first[1], 0)
}

function step(text: string, node: Node, wanted: Plain, around: Around): string {
  if (same(toPlain(node), wanted)) return text
  if (isMap(node) && isPlainMap(wanted)) return stepMap(text, node, wanted, around)
  if (isSeq(node) && Array.isArray(wanted) && wanted.length > 0) return stepList(text, node, wanted, around)
  return replaced(text, node, wanted, around)
}

function stepMap(text: string, map: YAMLMap, wanted: Record<string, Plain>, around: Around): string {
  const [first] = map.items
  const flow = around.flow || map.flow === true
  const inner = { flow, indent: first === undefined ? around.indent : columnOf(text, startOf(first)) }
  for (const [at, pair] of map.items.entries()) {
    const key = keyOf(pair.key)
    const value = Object.hasOwn(wanted, key) ? wanted[key] : undefined
    if (value === undefined) return without(text, map, at, flow)
    if (same(toPlain(pair.value), value)) continue
    return isNothing(pair.value) ? filled(text, pair, value, inner) : step(text, pair.value as Node, value, inner)
  }
  const known = new Set(map.items.map(({ key }) => keyOf(key)))
  const [key, value] = Object.entries(wanted).find(([name]) => !known.has(name)) ?? []
  if (key === undefined || value === undefined) return text
  if (flow) return intoFlow(text, map, map.items.length, `${scalar(key, true)}: ${inline(value)}`)
  return intoBlock(text, map, placeFor(map, key), entryLines(key, value, inner.indent))
}

/** New keys stand where the reference has them, after the last one that stands before it there; others at the end. */
function placeFor(map: YAMLMap, key: string): number {
  const mine = ORDER.indexOf(key)
  const before = mine < 0 ? -1 : map.items.findLastIndex((pair) => inOrder(keyOf(pair.key)) < mine)
  return before < 0 ? map.items.length : before + 1
}

function inOrder(key: string): number {
  const at = ORDER.indexOf(key)
  return at < 0 ? ORDER.length : at
}

function stepList(text: string, list: YAMLSeq, wanted: Plain[], around: Around): string {
  const flow = around.flow || list.flow === true
  const indent = columnOf(text, startOf(list))
  const have = list.items.map(toPlain)
  const differs = have.findIndex((each, at) => !same(each, wanted[at]))
  const at = differs < 0 ? have.length : differs
  if (have.length > wanted.length) return without(text, list, at, flow)
  const value = wanted[at] ?? ''
  if (have.length === wanted.length) return step(text, list.items[at] as Node, value, { flow, indent: indent + 2 })
  return flow ? intoFlow(text, list, at, inline(value)) : intoBlock(text, list, at, itemLines(value, indent))
}

/** Gives a key that stands without a value its value. */
function filled(text: string, pair: Pair, value: Plain, { flow, indent }: Around): string {
  const end = endOf(text, pair)
  const words = flow ? ` ${inline(value)}` : behindKey(value, indent)
  return text.slice(0, end) + words + text.slice(end)
}

function replaced(text: string, node: Node, wanted: Plain, { flow, indent }: Around): string {
  const start = startOf(node)
  const end = endOf(text, node)
  const before = text.slice(0, start)
  const oneLine = !isBlockText(node) && !(isCollection(node) && node.flow !== true)
  if (oneLine && typeof wanted === 'string' && !wanted.includes('\n'))
    return before + scalar(wanted, flow, isScalar(node) ? node.type : null) + text.slice(end)
  if (flow) return before + inline(wanted) + text.slice(end)
  if (/(?:^|\n) *(?:- +)+$/.test(before)) return before + behindDash(wanted, columnOf(text, start)) + text.slice(end)
  const colon = before.trimEnd().endsWith(':') ? before.trimEnd().length : start
  return text.slice(0, colon) + behindKey(wanted, indent) + text.slice(end)
}

function without(text: string, parent: Collection, at: number, flow: boolean): string {
  const part = parent.items[at] as Part
  const start = startOf(part)
  const end = endOf(text, part)
  if (flow) {
    const behind = /^\s*,\s*/.exec(text.slice(end))?.[0].length
    if (behind !== undefined) return text.slice(0, start) + text.slice(end + behind)
    const before = /,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0
    return text.slice(0, start - before) + text.slice(end)
  }
  const from = lineStart(text, start)
  const next = parent.items[at + 1] as Part | undefined
  // The first key of an item stands behind the dash: the next one moves up there.
  if (isPair(part) && text.slice(from, start).includes('-') && next !== undefined)
    return text.slice(0, start) + text.slice(startOf(next))
  return text.slice(0, from) + text.slice(nextLine(text, end))
}

function intoBlock(text: string, parent: Collection, at: number, lines: string): string {
  const before = parent.items[at - 1] as Part | undefined
  if (before === undefined) {
    const begin = lineStart(text, startOf(parent.items[0] as Part))
    return text.slice(0, begin) + lines + text.slice(begin)
  }
  const end = nextLine(text, endOf(text, before))
  return text.slice(0, end) + (text[end - 1] === '\n' ? '' : '\n') + lines + text.slice(end)
}

function intoFlow(text: string, parent: Collection, at: number, words: string): string {
  const next = parent.items[at] as Part | undefined
  if (next !== undefined) return `${text.slice(0, startOf(next))}${words}, ${text.slice(startOf(next))}`
  const last = parent.items.at(-1) as Part | undefined
  const end = last === undefined ? startOf(parent) + 1 : endOf(text, last)
  return text.slice(0, end) + (last === undefined ? '' : ', ') + words + text.slice(end)
}
