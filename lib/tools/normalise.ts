import type { JsonObject, JsonValue } from '@/lib/core/json'

/** A schema made safe to run: how much it is when every reference is written out, and whether it compares lists. */
export type NormalSchema = { schema: JsonObject; size: number; unique: boolean }

const MOST_NODES = 5_000
const DEEPEST = 64

const ONE = new Set([
  ...['additionalItems', 'unevaluatedItems', 'contains', 'additionalProperties', 'unevaluatedProperties'],
  ...['propertyNames', 'not', 'if', 'then', 'else'],
])
const MANY = new Set(['prefixItems', 'allOf', 'anyOf', 'oneOf'])
const NAMED = new Set(['$defs', 'definitions', 'properties', 'patternProperties', 'dependentSchemas'])
// Keywords that look one level further down; a schema below them judges another place of the arguments.
const DESCENDING = new Set([
  ...['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains'],
  ...['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties'],
])
const REFUSED = new Set([
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$recursiveAnchor',
  '$anchor',
  '$vocabulary',
])
// JSON Schema 2020-12 §7.2.1 lets a reader take a format for a comment; these are the ones whose check is bounded.
const FORMATS = new Set(['date', 'time', 'date-time', 'uuid', 'email', 'ipv4', 'ipv6'])
// One anchored run of characters with at most one repetition, at its end.
const PLAIN_PATTERN = /^\^(?:\[[^\]\\]*\]|\\[wds.]|[A-Za-z0-9_ .:-])*(?:[+*]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})?\$?$/

/**
 * Copies a schema so that checking with it is bounded, whatever a server wrote: patterns go to RE2 (`asFormat` names the
 * check), references are local and expand to a bounded size, and what recursion there is visits no place twice.
 * @throws Error with a sentence when that cannot be had
 */
export function normaliseSchema(source: JsonObject, asFormat: (pattern: string) => string | null): NormalSchema {
  let nodes = 0
  let unique = false

  const copyObject = (node: JsonObject, root: boolean, depth: number): JsonObject => {
    const copy: JsonObject = {}
    const patterns: JsonValue[] = []
    for (const [key, value] of Object.entries(node)) {
      if (REFUSED.has(key)) throw new Error(`The schema uses "${key}", which is not understood here.`)
      if (key === '$id' || key === 'id') {
        if (!root && typeof value === 'string') throw new Error('Only the root of a schema may have an "$id".')
      } else if (key === 'pattern') {
        const name = typeof value === 'string' ? asFormat(value) : null
        if (name === null) throw new Error('A pattern of the schema is not RE2, or too long.')
        patterns.push({ format: name })
      } else if (key === 'format') {
        if (typeof value === 'string' && FORMATS.has(value)) copy[key] = value
      } else {
        unique ||= key === 'uniqueItems' && value === true
        copy[key] = copyKeyword(key, value, depth)
      }
    }
    if (patterns.length > 0) copy.allOf = [...(Array.isArray(copy.allOf) ? copy.allOf : []), ...patterns]
    return copy
  }

  const copySchema = (value: JsonValue, depth: number, root = false): JsonValue => {
    nodes += 1
    if (nodes > MOST_NODES || depth > DEEPEST) throw new Error('The schema is too large.')
    if (typeof value === 'boolean') return value
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      throw new Error('The schema is not a JSON Schema.')
    return copyObject(value, root, depth)
  }

  const copyNamed = (key: string, value: JsonObject, depth: number): JsonObject => {
    if (key === 'patternProperties' && !Object.keys(value).every((pattern) => PLAIN_PATTERN.test(pattern))) {
      throw new Error('A pattern under "patternProperties" is more than one anchored run of characters.')
    }
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copySchema(member, depth + 1)]))
  }

  const copyKeyword = (key: string, value: JsonValue, depth: number): JsonValue => {
    if (ONE.has(key)) return copySchema(value, depth + 1)
    if (key === 'items' && !Array.isArray(value)) return copySchema(value, depth + 1)
    if ((MANY.has(key) || key === 'items') && Array.isArray(value))
      return value.map((item) => copySchema(item, depth + 1))
    if (NAMED.has(key) && isObject(value)) return copyNamed(key, value, depth)
    if (key === 'dependencies' && isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [
          name,
          Array.isArray(member) ? member : copySchema(member, depth + 1),
        ]),
      )
    }
    return structuredClone(value)
  }

  const schema = copySchema(source, 0, true) as JsonObject
  return { schema, size: expandedSize(schema), unique }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** A schema whose inside is being looked at, and how far down the arguments it stands. */
type Open = { node: JsonValue; at: number }

/**
 * How many nodes the schema has with every reference written out. Recursion is let through where it visits each place of the
 * arguments once: a single reference back, or several that each go down by a keyword of their own.
 */
function expandedSize(root: JsonObject): number {
  let size = 0
  const back = new Map<Open, string[][]>()

  const visit = (node: JsonValue, descent: string[], open: readonly Open[]): void => {
    size += 1
    if (size > MOST_NODES) throw new Error('The schema is too large once its references are written out.')
    if (!isObject(node)) return
    const here = [...open, { node, at: descent.length }]
    if (typeof node.$ref === 'string') follow(node.$ref, descent, here)
    for (const [key, value] of Object.entries(node)) {
      if (key === '$defs' || key === 'definitions') continue
      const down = (step: string) => (DESCENDING.has(key) ? [...descent, step] : descent)
      if (ONE.has(key) || (key === 'items' && !Array.isArray(value))) visit(value, down(key), here)
      else if ((MANY.has(key) || key === 'items') && Array.isArray(value)) {
        value.forEach((item, i) => visit(item, down(`${key}/${i}`), here))
      } else if ((NAMED.has(key) || key === 'dependencies') && isObject(value)) {
        for (const [name, member] of Object.entries(value)) visit(member, down(`${key}/${name}`), here)
      }
    }
  }

  const follow = (ref: string, descent: string[], open: readonly Open[]): void => {
    const target = resolve(root, ref)
    const before = open.find(({ node }) => node === target)
    if (before === undefined) visit(target, descent, open)
    else if (before.at === descent.length) throw new Error('The schema refers to itself without going further down.')
    else back.set(before, [...(back.get(before) ?? []), descent.slice(before.at)])
  }

  visit(root, [], [])
  for (const ways of back.values()) refuseBranching(ways)
  return size
}

/** Two ways back to one schema that can meet at one place of the arguments double the work at every level. */
function refuseBranching(ways: string[][]): void {
  if (ways.length < 2) return
  const steps = new Set(ways.map((descent) => descent.join('/')))
  const apart = steps.size === ways.length && ways.every((descent) => descent.length === 1)
  const overlapping = [...steps].some((step) => /^(?:contains|unevaluated|patternProperties)/.test(step))
  if (!apart || overlapping) throw new Error('The schema refers to itself in more ways than can be bounded.')
}

function resolve(root: JsonObject, ref: string): JsonValue {
  if (ref !== '#' && !ref.startsWith('#/')) throw new Error('A schema may only refer to places within itself.')
  let node: JsonValue | undefined = root
  for (const part of ref === '#' ? [] : ref.slice(2).split('/')) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(node)) node = node[Number(name)]
    else node = isObject(node) && Object.hasOwn(node, name) ? node[name] : undefined
  }
  if (node === undefined) throw new Error('The schema refers to a place it does not have.')
  return node
}
