import type { JsonObject, JsonValue } from '@/lib/core/json'
import { BOUNDARY_PROPERTIES } from '@/lib/boundary/json-schema'
import type { KnownTool } from './known-tool'

/** One word to offer: `insert` takes the place of what is written from `from` to the cursor. */
export type Offer = { insert: string; says: string }
export type Offers = { from: number; offers: Offer[] }

const MOST = 12
const LISTS = new Set(['autonomous', 'approval_required', 'never'])
const ROOT: JsonObject = { type: 'object', properties: BOUNDARY_PROPERTIES }
const LINE = /^(?<indent> *)(?<dashes>(?:- +)*)(?:(?<key>[\w.-]+):(?: (?<value>.*))?)?(?<rest>.*)$/

type Place = { path: string[]; inValue: boolean; word: string }

/** What could be written at a place in a boundary's text: keys and choices of the language, tools of the catalogue. */
export function offersAt(source: string, at: number, tools: readonly KnownTool[]): Offers | null {
  const begin = source.lastIndexOf('\n', at - 1) + 1
  const before = source.slice(begin, at)
  if (before.trimStart().startsWith('#')) return null
  const place = placeAt(source.slice(0, begin), before)
  const word = place.word.toLowerCase()
  const offers = offersFor(place, tools).filter(
    ({ insert }) => insert.toLowerCase().includes(word) && insert !== place.word,
  )
  const begins = (offer: Offer) => (offer.insert.toLowerCase().startsWith(word) ? 0 : 1)
  const sorted = offers.toSorted((a, b) => begins(a) - begins(b)).slice(0, MOST)
  return sorted.length === 0 ? null : { from: at - place.word.length, offers: sorted }
}

function offersFor({ path, inValue }: Place, tools: readonly KnownTool[]): Offer[] {
  const last = path.at(-1)
  const isTool = isRule(last === 'tool' || last === '-' ? path.slice(0, -1) : path, last)
  const schemas = walk(ROOT, path)
  const keys = inValue ? [] : schemas.flatMap(keysOf)
  const named = !inValue && path.length === 1 && last === 'mcp_scopes' ? serversOf(tools) : []
  const values = inValue || last === '-' ? schemas.flatMap(valuesOf) : []
  return [...(isTool ? tools.map(({ name, says }) => ({ insert: name, says })) : []), ...values, ...keys, ...named]
}

/** Whether a tool's name belongs here: an item of one of the three lists, or its `tool`. */
function isRule(path: readonly string[], last: string | undefined): boolean {
  const list = path.findLast((one) => one !== '-')
  const inSurface = path.includes('surfaces') && !path.includes('tools')
  return !inSurface && list !== undefined && LISTS.has(list) && (last === '-' || last === 'tool')
}

/** Where the cursor is, told by indentation alone: the text need not be whole to be completed. */
function placeAt(above: string, before: string): Place {
  const groups = LINE.exec(before)?.groups ?? {}
  const { indent = '', dashes = '', key, value, rest = '' } = groups
  const column = indent.length + dashes.length
  const parents = parentsOf(above, indent.length, dashes !== '')
  const items =
    dashes === ''
      ? []
      : dashes
          .trim()
          .split(/ +/)
          .map(() => '-')
  const path = [...parents, ...items]
  if (key === undefined) return { path, inValue: false, word: column === 0 && rest === '' ? '' : rest }
  const written = value ?? ''
  const flow = /[[{,]\s*([^[\]{},]*)$/.exec(written)
  const word = flow?.[1] ?? written
  return { path: [...path, key, ...(flow === null ? [] : ['-'])], inValue: true, word }
}

function parentsOf(above: string, indent: number, dashed: boolean): string[] {
  const path: string[] = []
  let edge = indent
  let takesSame = dashed
  for (const line of above.split('\n').toReversed()) {
    const { indent: space = '', dashes = '', key } = LINE.exec(line)?.groups ?? {}
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const column = space.length + dashes.length
    if (dashes !== '' && space.length < edge && column >= edge && path.length === 0 && !takesSame) {
      path.unshift('-')
      edge = space.length
      takesSame = true
      continue
    }
    if (key === undefined || !(column < edge || (takesSame && column === edge && dashes === ''))) continue
    path.unshift(key)
    if (dashes !== '') path.unshift('-')
    edge = dashes === '' ? column : space.length
    takesSame = dashes !== ''
    if (edge === 0 && !takesSame) break
  }
  return path
}

function walk(schema: JsonObject, path: readonly string[]): JsonObject[] {
  let at = branches(schema)
  for (const step of path)
    at = at
      .flatMap((one) => {
        if (step === '-') return [one.items]
        const known = isObject(one.properties) && Object.hasOwn(one.properties, step) ? one.properties[step] : undefined
        return [known ?? one.additionalProperties]
      })
      .filter(isObject)
      .flatMap(branches)
  return at
}

const branches = (schema: JsonObject): JsonObject[] =>
  Array.isArray(schema.anyOf) ? schema.anyOf.filter(isObject).flatMap(branches) : [schema]

function keysOf({ properties }: JsonObject): Offer[] {
  if (!isObject(properties)) return []
  return Object.entries(properties).map(([key, of]) => ({ insert: `${key}: `, says: saysOf(of) }))
}

function valuesOf(schema: JsonObject): Offer[] {
  const words = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const]
  return words.filter((word) => typeof word === 'string').map((insert) => ({ insert, says: saysOf(schema) }))
}

const saysOf = (schema: JsonValue | undefined): string =>
  isObject(schema) && typeof schema.description === 'string' ? schema.description : ''

function serversOf(tools: readonly KnownTool[]): Offer[] {
  const servers = [...new Set(tools.map(({ name }) => name.slice(0, name.indexOf('.'))))]
  return servers.map((server) => ({ insert: `${server}: [read]`, says: 'a server of the catalogue' }))
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
