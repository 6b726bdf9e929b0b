import type { Boundary } from './boundary'
import type { Reader } from './reader'
import { isDay } from './sections'
import type { Tree } from './yaml'

const OBSERVE = /^observe until (\S+)$/

/** `mode`: `enforce`, which leaves no trace, or `observe until 2026-12-24`: that day (UTC) is the last on which it only observes. */
export function readMode(reader: Reader, tree: Tree): Pick<Boundary, 'mode'> {
  const text = reader.text(tree, 'mode', '"enforce" or "observe until 2026-12-24"')
  if (text === null || text === 'enforce') return {}
  const day = OBSERVE.exec(text)?.[1]
  if (day !== undefined && isDay(day)) return { mode: { observe_until: Date.parse(`${day}T00:00:00Z`) + 86_400_000 } }
  const message =
    text === 'observe'
      ? 'Until when? Write "observe until 2026-12-24", the last day on which it only observes.'
      : 'Write "enforce", or "observe until 2026-12-24" with the last day on which it only observes.'
  reader.fail(tree, 'mode', 'unknown_value', message)
  return {}
}
