import type { JsonObject, JsonValue } from '@/lib/core/json'
import { isFault } from '@/lib/core/fault'
import { parseJson } from '@/lib/core/json'
import type { ExitCode } from '../shared/exits'
import { Trouble } from '../shared/trouble'

/** An MCP server that is spoken to: JSON-RPC 2.0, one request at a time. `close` leaves no process and no session behind. */
export type Peer = {
  request: (method: string, params: JsonObject) => Promise<JsonObject>
  notify: (method: string) => Promise<void>
  close: () => Promise<void>
}

/** Bounds on one MCP server: an answer's bytes, and how long each may take. */
export const LARGEST_ANSWER = 1_000_000
export const LONGEST_MS = 30_000

export const trouble = (says: string, exit?: ExitCode): Trouble => new Trouble(`The MCP server ${says}`, exit)

/** One message of the server. @throws Trouble when it is no JSON object that everybody reads alike */
export function message(text: string): JsonObject {
  let value: JsonValue
  try {
    value = parseJson(text)
  } catch (error) {
    throw trouble(`says what cannot be read: ${isFault(error) ? error.message : 'it is not JSON.'}`)
  }
  if (!isObject(value)) throw trouble('answers with something that is no JSON-RPC message.')
  return value
}

/** The result of the answer to a request; null when the message is another one. @throws Trouble when the server refuses */
export function resultFor(id: number, said: JsonObject): JsonObject | null {
  if (said.id !== id || 'method' in said) return null
  if (isObject(said.error)) {
    const { code, message: why } = said.error
    throw trouble(`refuses: ${JSON.stringify(why ?? 'no reason').slice(0, 300)} (${JSON.stringify(code ?? null)}).`)
  }
  if (!isObject(said.result)) throw trouble('answers without a result.')
  return said.result
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
