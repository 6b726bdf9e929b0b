import { LONGEST_TIME_MS, MOST_PROCESSES, type Sandbox, SANDBOX_BOUNDS, type SandboxBound } from './boundary'
import { durationWords, parseDuration } from './duration'
import type { Reader } from './reader'
import { parseSize, SIZE_WORDS, sizeText } from './size'

type Bound = { read: (text: string) => number | null; expected: string; words: (value: number) => string }

const BOUNDS: Record<SandboxBound, Bound> = {
  time: { read: timeOf, expected: 'a time from 1m to 24h, such as 30m', words: durationWords },
  memory: { read: parseSize, expected: SIZE_WORDS, words: sizeText },
  processes: {
    read: processesOf,
    expected: `a whole number from 1 to ${String(MOST_PROCESSES)}`,
    words: (value) => value.toLocaleString('en'),
  },
}

/** What one of them says, for people: `30 minutes`, `4GiB`, `200`; without one, `not limited`. */
export const boundWords = (name: SandboxBound, value: number | undefined): string =>
  value === undefined ? 'not limited' : BOUNDS[name].words(value)

/** `sandbox.time`, `.memory` and `.processes`, where the text has them. */
export function readSandboxBounds(reader: Reader, entries: ReturnType<Reader['map']>): Pick<Sandbox, SandboxBound> {
  const read = SANDBOX_BOUNDS.flatMap((name): [SandboxBound, number][] => {
    const entry = entries.get(name)
    if (entry === undefined) return []
    const { read: valueOf, expected } = BOUNDS[name]
    const text = reader.text(entry.value, `sandbox.${name}`, expected)
    const value = text === null ? null : valueOf(text)
    if (text !== null && value === null)
      reader.fail(entry.value, `sandbox.${name}`, 'out_of_range', `Write ${expected}.`)
    return value === null ? [] : [[name, value]]
  })
  return Object.fromEntries(read)
}

function timeOf(text: string): number | null {
  const ms = parseDuration(text)
  return ms !== null && ms <= LONGEST_TIME_MS ? ms : null
}

function processesOf(text: string): number | null {
  return /^[1-9][0-9]{0,5}$/.test(text) && Number(text) <= MOST_PROCESSES ? Number(text) : null
}
