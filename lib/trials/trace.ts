import { isFault } from '@/lib/core/fault'
import { type JsonObject, type JsonValue, parseJson } from '@/lib/core/json'
import { resolveTool } from '@/lib/tools/tool'

/** One call of a trace: `{"tool", "arguments", "run_id"?, "at"?}`. `at` is milliseconds since 1970; `line` counts from 1. */
export type TraceCall = { line: number; tool: string; arguments: JsonObject; runId: string | null; at: number | null }

/** What is wrong with a line, and in which field; `field` is empty when it is the line itself. */
export type TraceFault = { line: number; field: string; detail: string }

/** Bytes. */
export const LONGEST_LINE = 1_048_576
const LIMITS = { maxBytes: LONGEST_LINE, maxDepth: 64, allowNul: true, round: true }
const KEYS = new Set(['tool', 'arguments', 'run_id', 'at'])
const LONGEST_RUN_ID = 200
// RFC 3339. Without a zone it is UTC: it must not mean something else on every machine.
const MOMENT = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)([Zz]|[+-]\d{2}:?\d{2})?$/

/** Reads one line of a trace (its bytes, or its text), strictly. null for an empty line. */
export function readTraceLine(raw: Uint8Array | string, line: number): TraceCall | TraceFault | null {
  if (isBlank(raw)) return null
  const fault = (field: string, detail: string): TraceFault => ({ line, field, detail })
  let value: JsonValue
  try {
    value = parseJson(raw, LIMITS)
  } catch (error) {
    return fault((isFault(error) && error.field) || '', isFault(error) ? error.message : 'This is not JSON.')
  }
  if (!isObject(value)) return fault('', 'A line is one JSON object: {"tool": "server.name", "arguments": {…}}.')
  const unknown = Object.keys(value).find((key) => !KEYS.has(key))
  if (unknown !== undefined)
    return fault(unknown.slice(0, 64), 'This key is not known: tool, arguments, run_id and at are.')
  const { tool, arguments: args, run_id: runId = null, at = null } = value
  if (typeof tool !== 'string' || resolveTool(tool) === null) {
    return fault('tool', 'Name the tool: "name" or "server.name", in letters, digits and _ - . : / only.')
  }
  if (!isObject(args)) return fault('arguments', 'The arguments are a JSON object; {} when there are none.')
  if (runId !== null && (typeof runId !== 'string' || runId === '' || runId.length > LONGEST_RUN_ID)) {
    return fault('run_id', `A run is a text of 1 to ${LONGEST_RUN_ID} characters, or left out.`)
  }
  const moment = momentOf(at)
  if (at !== null && Number.isNaN(moment))
    return fault('at', 'A moment is written as 2027-03-31T09:30:00Z, or left out.')
  return { line, tool, arguments: args, runId, at: at === null ? null : moment }
}

function momentOf(at: JsonValue): number {
  const [, day, time, zone] = (typeof at === 'string' ? MOMENT.exec(at) : null) ?? []
  return day === undefined ? Number.NaN : Date.parse(`${day}T${time ?? ''}${zone?.toUpperCase() ?? 'Z'}`)
}

function isBlank(raw: Uint8Array | string): boolean {
  return typeof raw === 'string'
    ? raw.trim() === ''
    : raw.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
