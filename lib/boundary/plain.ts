import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'

/** What a part of a boundary is when only its words count: every scalar is its text, as in `readYaml`. */
export type Plain = string | Plain[] | PlainMap
export type PlainMap = { [key: string]: Plain }
export type Path = readonly (string | number)[]

const OPTIONS = { version: '1.2', schema: 'failsafe', prettyErrors: false, logLevel: 'silent' } as const

/** A text as nodes that know their place in it; null where it cannot be read, or is no map. */
export function readNodes(source: string): { contents: Node | null } | null {
  const document = parseDocument(source, OPTIONS)
  const contents = document.contents as Node | null
  return document.errors.length > 0 || (contents !== null && !isMap(contents)) ? null : { contents }
}

/** The words of a node without its comments and style. */
export function toPlain(node: unknown): Plain {
  if (isSeq(node)) return node.items.map(toPlain)
  if (isMap(node)) return Object.fromEntries(node.items.map(({ key, value }) => [keyOf(key), toPlain(value)]))
  return keyOf(node)
}

/** A scalar's text; empty for anything else. */
export const keyOf = (node: unknown): string => (isScalar(node) && typeof node.value === 'string' ? node.value : '')

/** What a text says; null where it cannot be read. */
export function plainOf(source: string): Plain | null {
  const read = readNodes(source)
  return read === null ? null : read.contents === null ? {} : toPlain(read.contents)
}

export const isPlainMap = (value: Plain | undefined): value is PlainMap =>
  typeof value === 'object' && !Array.isArray(value)

/** Whether two values say the same; the order of keys says nothing. */
export function same(a: Plain | undefined, b: Plain | undefined): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, at) => same(each, b[at]))
  if (!isPlainMap(a) || !isPlainMap(b)) return a === b
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
}

/** A document with one part changed; undefined takes it out, and with it the lists and maps it leaves empty. */
export function changed(root: Plain, path: Path, value: Plain | undefined): Plain {
  return put(root, path, value) ?? {}
}

function put(at: Plain | undefined, [first, ...rest]: Path, value: Plain | undefined): Plain | undefined {
  if (first === undefined) return value
  if (typeof first === 'number') {
    const items = Array.isArray(at) ? [...at] : []
    const next = put(items[first], rest, value)
    if (next === undefined) items.splice(first, 1)
    else items[Math.min(first, items.length)] = next
    return items.length === 0 ? undefined : items
  }
  const entries = isPlainMap(at) ? at : {}
  const next = put(Object.hasOwn(entries, first) ? entries[first] : undefined, rest, value)
  if (next !== undefined) return { ...entries, [first]: next }
  const left = Object.fromEntries(Object.entries(entries).filter(([key]) => key !== first))
  return Object.keys(left).length === 0 ? undefined : left
}
