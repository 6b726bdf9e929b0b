import { stringify } from 'yaml'
import type { Plain } from './plain'

/** How values are written into a text that is there already. Every function gives lines of YAML, or a piece of one. */

const block = (value: Plain): string => stringify(value, { lineWidth: 0, schema: 'failsafe' })
const pad = (text: string, indent: number): string => text.replaceAll(/^(?=[^\n])/gm, ' '.repeat(indent))

/** `key: value` as lines of a block map, the last with its line feed. */
export function entryLines(key: string, value: Plain, indent: number): string {
  return pad(key === 'mcp_scopes' ? scopeLines(value) : block({ [key]: value }), indent)
}

/** `- value` as lines of a block list, the last with its line feed. */
export const itemLines = (value: Plain, indent: number): string => pad(block([value]), indent)

/** What stands behind `key:`, without the last line feed. */
export const behindKey = (value: Plain, indent: number): string =>
  entryLines('k', value, indent)
    .slice(indent + 2)
    .replace(/\n$/, '')

/** What stands behind a dash at a column, without the last line feed: the first line there, the others under it. */
export const behindDash = (value: Plain, column: number): string =>
  pad(block(value), column).trimStart().replace(/\n$/, '')

/** A value on one line, as in `[read, write]` and `{tool: crm.read}`. */
export function inline(value: Plain): string {
  if (typeof value === 'string') return scalar(value, true)
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  const entries = Object.entries(value).map(([key, each]) => `${scalar(key, true)}: ${inline(each)}`)
  return `{${entries.join(', ')}}`
}

/** One text: plain where that is safe, in the quotes that stood there where there were any. */
export function scalar(text: string, flow: boolean, style?: string | null): string {
  if (style === 'QUOTE_SINGLE' && !text.includes('\n')) return `'${text.replaceAll("'", "''")}'`
  if (style === 'QUOTE_DOUBLE' || text.includes('\n')) return JSON.stringify(text)
  if (!flow) return block(text).trimEnd()
  return /^[\w/.](?:[\w./*@ -]*[\w./*@])?$/.test(text) ? text : JSON.stringify(text)
}

/** Scopes are written as people write them, a server and its accesses on one line. */
function scopeLines(value: Plain): string {
  if (typeof value === 'string' || Array.isArray(value)) return block({ mcp_scopes: value })
  const lines = Object.entries(value).map(([server, accesses]) => `  ${scalar(server, false)}: ${inline(accesses)}\n`)
  return `mcp_scopes:\n${lines.join('')}`
}
