import { isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'

/** Where the parts of a parsed text begin and end, by offset. */

export type Collection = YAMLMap | YAMLSeq
export type Part = Node | Pair

export const startOf = (part: Part): number => (isPair(part) ? (part.key as Node) : part).range?.[0] ?? 0
export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1
export const columnOf = (text: string, at: number): number => at - lineStart(text, at)

/** Past the line feed of the line an offset is in. */
export function nextLine(text: string, at: number): number {
  const feed = text.indexOf('\n', at)
  return feed < 0 ? text.length : feed + 1
}

/** Nothing is written there: `limits:` and no more. */
export const isNothing = (node: unknown): boolean =>
  node === null || (isScalar(node) && node.range != null && node.range[0] === node.range[1])

export const isBlockText = (node: unknown): boolean =>
  isScalar(node) && (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL')

/** Past the last character that is a part's own; comments behind and below it are not. */
export function endOf(text: string, part: Part): number {
  if (isPair(part)) {
    const key = (part.key as Node).range?.[1] ?? 0
    return isNothing(part.value) ? text.indexOf(':', key) + 1 : endOf(text, part.value as Node)
  }
  const stop = part.range?.[1] ?? 0
  if ((isMap(part) || isSeq(part)) && part.flow !== true) {
    const last = part.items.at(-1) as Part | undefined
    return last === undefined ? stop : endOf(text, last)
  }
  return isBlockText(part) ? text.slice(0, stop).trimEnd().length : stop
}
