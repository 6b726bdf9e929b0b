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
  run?: string
  action?: string
  outcome?: string
  commitment?: string
  boundary?: { version: number; digest: string }
  about?: Readonly<Record<string, string>>
  labels?: readonly string[]
  verdicts?: readonly { person: string; answer: string; capability: string; assurance?: string; for?: string }[]
}

/** An entry at its place. */
export type Placed = { index: number; entry: Entry; ms: number }

/**
 * Reads the line `[start, end)` of a file, which a line feed ends; its id must be of the moment it says it was made.
 * @throws Break `not_an_entry`
 */
export function readEntry(text: string, start: number, end: number, index: number, file: string): Placed {
  const entry = decision(text, start, end) ?? parse(text.slice(start, end))
  if (!entry || timeOf(entry.time) !== idTime(entry.id)) throw new Break('not_an_entry', { file, index })
  return { index, entry, ms: idTime(entry.id) }
}

function parse(line: string): Entry | null {
  try {
    const entry = JSON.parse(line) as Entry
    const { v, id, time, kind, actor } = entry
    const texts = [id, time, kind, actor].every((value) => typeof value === 'string')
    return v === 1 && texts ? entry : null
  } catch {
    return null
  }
}

const TEXT = String.raw`"[^"\\\n]*"`
const SAID = String.raw`"([^"\\\n]*)"`
/** A decision as the ledger writes one (lib/ledger/entry.ts): these fields, in this order, and no escape anywhere. */
const DECISION = new RegExp(
  [
    String.raw`\{(?:"about":\{[^}\n]*\},)?(?:"accountable":${TEXT},)?"actor":${SAID},"agent":${SAID},`,
    String.raw`(?:"boundary":\{"digest":${SAID},"version":(\d{1,9})\},)?(?:"class":\{[^}\n]*\},)?`,
    String.raw`(?:"commitment":${SAID},)?"id":${SAID},"kind":"action\.decided",(?:"labels":\[[^\]\n]*\],)?`,
    String.raw`(?:"outcome":${SAID},)?(?:"owner":${TEXT},)?(?:"reason":${TEXT},)?(?:"rule":${TEXT},)?`,
    String.raw`(?:"run":${TEXT},)?"time":${SAID},(?:"tool":${TEXT},)?"v":1\}\n`,
  ].join(''),
  'y',
)

/** A decision, of which there are millions, without parsing all of it. Null: it is none, or has another form; read it the long way. */
function decision(text: string, start: number, end: number): Entry | null {
  DECISION.lastIndex = start
  const found = DECISION.exec(text)
  // what was held is read whole: its run is part of what was asked
  if (!found || DECISION.lastIndex !== end + 1 || found[7] === 'hold') return null
  const [, actor = '', agent, digest, version, commitment, id = '', outcome, time = ''] = found
  const boundary = digest === undefined ? undefined : { version: Number(version), digest }
  return { v: 1, id, time, kind: 'action.decided', actor, agent, outcome, commitment, boundary }
}

const idTime = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

let day = ''
let dayMs = 0

/** Milliseconds since 1970 of `2026-05-04T03:02:01.000Z`; NaN for any other form. The day is parsed once for all of it. */
function timeOf(time: string): number {
  if (time.length !== 24 || time.charCodeAt(10) !== 84 || time.charCodeAt(23) !== 90) return Number.NaN
  const date = time.slice(0, 10)
  if (date !== day) {
    day = date
    dayMs = Date.parse(`${date}T00:00:00.000Z`)
  }
  const two = (at: number) => (time.charCodeAt(at) - 48) * 10 + time.charCodeAt(at + 1) - 48
  return dayMs + two(11) * 3_600_000 + two(14) * 60_000 + two(17) * 1_000 + two(20) * 10 + time.charCodeAt(22) - 48
}
