import { head, pointer, shownText, type Room, type ShownText } from './shown-text'

/** A value of the arguments for a screen, names and values alike an agent's own. */
export type ShownValue =
  | { kind: 'text'; text: ShownText }
  /** a number, true, false or null, as JSON writes it */
  | { kind: 'plain'; text: string }
  | { kind: 'group'; list: boolean; entries: { name: string; value: ShownValue }[]; more: number }

/** Arguments lie as deep as strict JSON lets them; on a screen what is deeper than this stands as its JSON. */
const DEEPEST = 6
const MOST_OF_A_LIST = 40
const MOST_OF_A_NAME = 200

/** A value as a tree, as much of it as there is room for; what is left out is counted where it stood. */
export function shownValue(value: unknown, at: string, room: Room, depth = 0): ShownValue {
  room.values -= 1
  if (typeof value === 'string') return { kind: 'text', text: shownText(value, at, room) }
  if (typeof value !== 'object' || value === null) return { kind: 'plain', text: JSON.stringify(value) ?? 'null' }
  if (depth >= DEEPEST) return { kind: 'text', text: shownText(JSON.stringify(value), at, room, 2_000) }
  return shownEntries(entriesOf(value), Array.isArray(value), at, room, depth)
}

/** The entries of an object or a list as a tree. */
export function shownEntries(
  entries: readonly (readonly [string, unknown])[],
  list: boolean,
  at: string,
  room: Room,
  depth = 0,
): Extract<ShownValue, { kind: 'group' }> {
  const shown: { name: string; value: ShownValue }[] = []
  for (const [name, inner] of entries) {
    if (room.values <= 0 || (list && shown.length >= MOST_OF_A_LIST)) break
    room.chars = Math.max(0, room.chars - Math.min(name.length, MOST_OF_A_NAME))
    shown.push({ name: nameOf(name, list, room), value: shownValue(inner, pointer(at, name), room, depth + 1) })
  }
  const more = entries.length - shown.length
  if (more > 0) room.cut += 1
  return { kind: 'group', list, entries: shown, more }
}

function nameOf(name: string, list: boolean, room: Room): string {
  if (list) return String(Number(name) + 1)
  if (name.length <= MOST_OF_A_NAME) return name
  room.cut += 1
  return `${head(name, MOST_OF_A_NAME)}…`
}

const entriesOf = (value: object): [string, unknown][] =>
  Array.isArray(value) ? value.map((item: unknown, at) => [String(at), item]) : Object.entries(value)
