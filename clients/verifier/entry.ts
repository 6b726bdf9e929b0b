import { Break } from './break'

/** What of an entry this program looks at. An entry is canonical JSON (RFC 8785) of closed fields; nothing in it is anybody's free text. */
export type Entry = {
  v: 1
  id: string
  time: string
  kind: string
  actor: string
  agent?: string
  owner?: string
  outcome?: string
  commitment?: string
  boundary?: { version: number; digest: string }
  about?: Readonly<Record<string, string>>
  labels?: readonly string[]
  verdicts?: readonly { person: string; answer: string; capability: string }[]
}

/** An entry at its place. */
export type Placed = { index: number; entry: Entry; ms: number }

/** Reads a line; its id must be of the moment it says it was made. @throws Break `not_an_entry` */
export function readEntry(line: string, index: number, file: string): Placed {
  let entry: Entry
  try {
    entry = JSON.parse(line) as Entry
  } catch {
    throw new Break('not_an_entry', { file, index })
  }
  const { v, id, time, kind, actor } = entry
  if (v !== 1 || typeof id !== 'string' || typeof kind !== 'string' || typeof actor !== 'string')
    throw new Break('not_an_entry', { file, index })
  const ms = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
  if (typeof time !== 'string' || Date.parse(time) !== ms) throw new Break('not_an_entry', { file, index })
  return { index, entry, ms }
}
