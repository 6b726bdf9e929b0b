import type { Asked } from '@/lib/approvals/asked'
import type { Elevation } from './boundary'
import { parseDuration } from './duration'
import { readAskedList } from './read-asked-list'
import type { Reader } from './reader'
import { readAutonomous, readScopes } from './sections'
import type { Tree } from './yaml'

export const ELEVATION_KEYS = ['mcp_scopes', 'tools', 'longest', 'granted_by'] as const
/** The longest one grant may be, whatever a ceiling says, in milliseconds; and what it is where the ceiling says nothing. */
export const LONGEST_ELEVATION_MS = 7 * 86_400_000
export const DEFAULT_ELEVATION_MS = 4 * 3_600_000
const DEFAULT_GRANTERS: readonly Asked[] = ['ciso']

/** `elevation`: the ceiling of what may be granted for a while, for how long at most, and by whom (C07). */
export function readElevation(reader: Reader, tree: Tree): Elevation {
  const entries = reader.map(tree, 'elevation', 'the most that may be granted for a while', ELEVATION_KEYS)
  const [scopes, tools, longest, by] = ELEVATION_KEYS.map((key) => entries.get(key)?.value)
  if (tree.kind === 'map' && scopes === undefined && tools === undefined)
    reader.fail(tree, 'elevation', 'missing_key', 'Say what may be granted: add "mcp_scopes: …" or "tools: …".')
  return {
    mcp_scopes: scopes === undefined ? {} : readScopes(reader, scopes, 'elevation.mcp_scopes'),
    tools: tools === undefined ? [] : readAutonomous(reader, tools, 'elevation.tools'),
    longest: longest === undefined ? DEFAULT_ELEVATION_MS : readLongest(reader, longest),
    granted_by: by === undefined ? [...DEFAULT_GRANTERS] : readGranters(reader, by),
  }
}

function readLongest(reader: Reader, tree: Tree): number {
  const text = reader.text(tree, 'elevation.longest', 'a time, such as "4h"')
  const ms = text === null ? null : parseDuration(text)
  if (ms !== null && ms <= LONGEST_ELEVATION_MS) return ms
  if (text !== null)
    reader.fail(tree, 'elevation.longest', 'out_of_range', 'Write a time as "30m", "4h" or "2d", of at most 7 days.')
  return DEFAULT_ELEVATION_MS
}

function readGranters(reader: Reader, tree: Tree): Asked[] {
  const asked = readAskedList(reader, tree, 'elevation.granted_by')
  if (asked.length > 0 && asked.every((one) => one === 'owner'))
    reader.fail(tree, 'elevation.granted_by', 'out_of_range', 'The owner never grants alone: name somebody else, too.')
  return asked
}
