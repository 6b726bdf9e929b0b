import type { IncomingHttpHeaders } from 'node:http'
import type { JsonObject, JsonValue } from '@/lib/core/json'

/** The first revision without sessions: each request says its version and its client (MCP 2026-07-28). */
export const STATELESS_SINCE = '2026-07-28'
const VERSION_IN_META = 'io.modelcontextprotocol/protocolVersion'

/** JSON-RPC 2.0 and MCP error codes used here. */
export const CODES = {
  parse: -32_700,
  invalid: -32_600,
  unknown: -32_601,
  params: -32_602,
  internal: -32_603,
  /** MCP 2026-07-28: a header says something else than the body */
  mismatch: -32_020,
} as const

export type RequestId = string | number
export type Request = { kind: 'request'; id: RequestId; method: string; params: JsonObject; body: JsonObject }
export type Message =
  | Request
  | { kind: 'notification'; method: string; params: JsonObject; body: JsonObject }
  | { kind: 'response'; body: JsonObject }

/** Why a body is no message of the protocol: `label` tells it apart in the ledger. */
export type Malformed = { code: number; text: string; label: string; id: RequestId | null }

/**
 * The notifications of a client that are passed on: those of both revisions, but for those of tasks, which are not offered. Any other method is
 * decided on, and asks for an answer: without an id it would reach the upstream unjudged.
 */
const NOTIFICATIONS: ReadonlySet<string> = new Set([
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
])

/** Reads one JSON-RPC message. Batches ended with MCP 2025-06-18. Pure. */
export function readMessage(
  body: JsonValue | undefined,
  headers: IncomingHttpHeaders,
): Message | { malformed: Malformed } {
  const bad = (
    text: string,
    label = 'malformed_message',
    code: number = CODES.invalid,
    id: RequestId | null = null,
  ) => ({
    malformed: { code, text, label, id },
  })
  if (Array.isArray(body)) return bad('Send one message at a time: batches are not taken.', 'batch')
  if (!isObject(body) || body.jsonrpc !== '2.0') return bad('That is no JSON-RPC 2.0 message.')
  const { id, method } = body
  const known = typeof id === 'string' ? id.length <= 512 : Number.isSafeInteger(id)
  const given = known ? (id as RequestId) : null // a string or a whole number, as just judged
  if (method === undefined) {
    if (given === null || 'result' in body === 'error' in body) return bad('That is no JSON-RPC 2.0 message.')
    if (headers['mcp-method'] !== undefined || headers['mcp-name'] !== undefined)
      return bad('Header mismatch: an answer has no method and no name.', 'header_mismatch', CODES.mismatch, given)
    const said: JsonObject = 'result' in body ? { result: body.result ?? null } : { error: body.error ?? null }
    return { kind: 'response', body: { jsonrpc: '2.0', id: given, ...said } }
  }
  if (typeof method !== 'string' || method.length > 200 || !/^[A-Za-z0-9_/.$-]+$/.test(method))
    return bad('The method is no name.', 'malformed_message', CODES.invalid, given)
  const params = body.params ?? {}
  if (!isObject(params)) return bad('The parameters are no object.', 'malformed_message', CODES.params, given)
  if (id !== undefined && given === null) return bad('The id is a string or a whole number.')
  const text = mismatch(method, params, headers)
  if (text !== null) return bad(text, 'header_mismatch', CODES.mismatch, given)
  if (given === null) {
    if (!NOTIFICATIONS.has(method))
      return bad('That is no notification of a client: to ask for something, send an id.', 'unknown_notification')
    return { kind: 'notification', method, params, body: { jsonrpc: '2.0', method, params } }
  }
  // what else stands beside these is nothing of the protocol, and nobody has judged it
  const own: JsonObject = { jsonrpc: '2.0', id: given, method, ...(body.params !== undefined && { params }) }
  return { kind: 'request', id: given, method, params, body: own }
}

/** Whether a request is of a revision without sessions. */
export function isStateless(params: JsonObject, headers: IncomingHttpHeaders): boolean {
  const inMeta = metaOf(params)[VERSION_IN_META]
  const version = typeof inMeta === 'string' ? inMeta : one(headers['mcp-protocol-version'])
  return version !== undefined && /^\d{4}-\d\d-\d\d$/.test(version) && version >= STATELESS_SINCE
}

/** What a header claims of a request is what its body says, or the two would be judged apart (MCP 2026-07-28, header validation). */
function mismatch(method: string, params: JsonObject, headers: IncomingHttpHeaders): string | null {
  const said = one(headers['mcp-method'])
  if (said !== undefined && said !== method) return 'Header mismatch: Mcp-Method is not the method of the body.'
  const name = one(headers['mcp-name'])
  const own = method === 'resources/read' ? params.uri : params.name
  if (name !== undefined && (typeof own !== 'string' || decoded(name) !== own))
    return 'Header mismatch: Mcp-Name is not what the body names.'
  const version = one(headers['mcp-protocol-version'])
  const inMeta = metaOf(params)[VERSION_IN_META]
  if (inMeta !== undefined && version !== undefined && version !== inMeta)
    return 'Header mismatch: MCP-Protocol-Version is not the version of the body.'
  return null
}

/** A value that no header can carry is sent as `=?base64?…?=` (MCP 2026-07-28). */
function decoded(value: string): string {
  const match = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/.exec(value)
  return match?.[1] === undefined ? value : Buffer.from(match[1], 'base64').toString('utf8')
}

export function metaOf(params: JsonObject): JsonObject {
  return isObject(params._meta) ? params._meta : {}
}

/** The token under which a client wants to hear of progress; null where it does not. */
export function progressToken(params: JsonObject): RequestId | null {
  const { progressToken: token } = metaOf(params)
  return typeof token === 'string' || typeof token === 'number' ? token : null
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One value of a header; several are none we would judge by. */
export const one = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value.trim() : undefined

/** An error of JSON-RPC 2.0 (§5.1). */
export function errorMessage(id: RequestId | null, code: number, message: string, data?: JsonValue): JsonObject {
  return { jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } }
}
