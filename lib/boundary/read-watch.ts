import { WATCHED, type WatchedKind, type WatchRule } from './boundary'
import { parseDuration } from './duration'
import type { Reader } from './reader'
import type { Text, Tree } from './yaml'

/** How many a rule may count: the last of them are kept, so it is bounded (docs/guides/boundary.md). */
export const MOST_COUNTED = 1_000
/** The longest window, in milliseconds. */
export const LONGEST_WINDOW_MS = 7 * 86_400_000
const MOST_WATCHES = 20
const WITHIN = /^([1-9][0-9]{0,6}) within (\S+)$/

type Found = Pick<WatchRule, 'count' | 'within'> | string

/** `watch`: what halts this agent by itself, as `forbidden: 5 within 10m`, `new_tool` or `run_longer_than: 2h`. */
export function readWatch(reader: Reader, tree: Tree): WatchRule[] {
  const seen = new Set<string>()
  return reader
    .list(tree, 'watch', 'a list of rules, such as "- forbidden: 5 within 10m"', MOST_WATCHES)
    .flatMap((item, at) => {
      const path = `watch[${at}]`
      const rule = item.kind === 'text' ? readBare(reader, item, path) : readEntry(reader, item, path)
      if (rule === null) return []
      const key = JSON.stringify([rule.on, rule.count, rule.within])
      if (seen.has(key)) reader.fail(item, path, 'duplicate_entry', 'The same is watched twice: keep one.')
      seen.add(key)
      return [rule]
    })
}

function readBare(reader: Reader, item: Text, path: string): WatchRule | null {
  if (item.value === 'new_tool') return { on: 'new_tool', then: 'halt' }
  const kind = WATCHED.find((each) => each === item.value)
  if (kind === undefined) reader.unknown(item, path, 'unknown_value', WATCHED)
  else reader.wrong(item, path, `"${kind}: ${example(kind)}"`)
  return null
}

function readEntry(reader: Reader, item: Tree, path: string): WatchRule | null {
  const entries = reader.map(item, path, 'a rule, such as "forbidden: 5 within 10m"', [...WATCHED, 'then'])
  if (item.kind !== 'map') return null
  const [kind, second] = WATCHED.filter((each) => entries.has(each))
  if (kind === undefined) {
    const message = `What is watched? One of: ${WATCHED.join(', ')}.`
    if (reader.errors.every(({ path: of }) => !of.startsWith(path))) reader.fail(item, path, 'missing_key', message)
    return null
  }
  const extra = second === undefined ? undefined : entries.get(second)
  if (extra !== undefined)
    reader.fail(extra.key, `${path}.${String(second)}`, 'duplicate_entry', 'One entry watches one thing: write two.')
  const then = entries.get('then')
  const follows = then === undefined ? 'halt' : reader.word(then.value, `${path}.then`, ['halt', 'alert'] as const)
  const value = entries.get(kind)?.value
  const said = value && reader.text(value, `${path}.${kind}`, `"${example(kind)}"`)
  if (value === undefined || said == null) return null
  const found = understand(kind, said)
  if (typeof found !== 'string') return { on: kind, ...found, then: follows ?? 'halt' }
  reader.fail(value, `${path}.${kind}`, 'out_of_range', found)
  return null
}

function understand(kind: WatchedKind, said: string): Found {
  if (kind === 'new_tool') return said === 'true' ? {} : 'Write "new_tool: true", or leave it out.'
  if (kind === 'run_longer_than') {
    const within = parseDuration(said)
    return within === null || within > LONGEST_WINDOW_MS ? 'Write a time of at most 7 days, such as "2h".' : { within }
  }
  const [, number, window] = WITHIN.exec(said) ?? []
  const within = window === undefined ? null : parseDuration(window)
  if (within === null) return `Write how many within how long, such as "${example(kind)}".`
  if (Number(number) > MOST_COUNTED) return `At most ${MOST_COUNTED} can be counted.`
  if (within > LONGEST_WINDOW_MS) return 'The longest window is 7 days ("7d").'
  return { count: Number(number), within }
}

function example(kind: WatchedKind): string {
  return {
    forbidden: '5 within 10m',
    rejected: '3 within 1h',
    failed: '20 within 10m',
    calls: '300 within 5m',
    new_tool: 'true',
    run_longer_than: '2h',
  }[kind]
}
