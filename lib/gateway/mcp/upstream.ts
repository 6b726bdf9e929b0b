import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { isFault } from '@/lib/core/fault'
import { parseJson, type JsonObject, type JsonValue } from '@/lib/core/json'
import { callUpstream } from '@/lib/upstreams/call'
import { upstreamError } from '@/lib/upstreams/failure'
import type { Connected } from '@/lib/upstreams/read'
import { eventsOf, wholeBody, type Bounds, type ServerEvent } from '@/lib/upstreams/read-answer'
import { isObject, one, type RequestId } from './message'

/** Bounds on what an upstream may do with one request (ADR 0046). */
export type Limits = {
  firstByteMs: number
  idleMs: number
  totalMs: number
  answerBytes: number
  streamBytes: number
}
export const LIMITS: Limits = {
  firstByteMs: 60_000,
  idleMs: 120_000,
  totalMs: 15 * 60_000,
  answerBytes: 4 * 1_024 * 1_024,
  streamBytes: 16 * 1_024 * 1_024,
}

/** The bounds of reading one answer. */
export function boundsOf({ idleMs, totalMs, streamBytes, answerBytes }: Limits): Bounds {
  return { idleMs, totalMs, maxBytes: streamBytes, maxEventBytes: answerBytes }
}

const PASSED_HEADERS: ReadonlySet<string> = new Set([
  ...['accept', 'mcp-protocol-version', 'mcp-method', 'mcp-name', 'last-event-id'],
])

/**
 * What is passed on of a client's headers. Nothing that says who it is: no token passes through (MCP, "Token Passthrough"). And no
 * `Mcp-Param-…`: nobody has compared it with the arguments that were decided on, which the body holds.
 */
export function forwardedHeaders(headers: IncomingHttpHeaders, session: string | null): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (PASSED_HEADERS.has(name) && typeof value === 'string') passed[name] = value
  }
  return {
    accept: 'application/json, text/event-stream',
    ...passed,
    ...(session !== null && { 'mcp-session-id': session }),
  }
}

export type Sent = {
  headers: Record<string, string>
  body: JsonObject | null
  signal: AbortSignal
  /** until the head of the answer */
  firstByteMs: number
}

/** Sends one message to an upstream. @throws UpstreamError, or what aborted the signal */
export function send(to: Connected, method: 'GET' | 'POST' | 'DELETE', sent: Sent): Promise<IncomingMessage> {
  const { headers, body, signal, firstByteMs: timeoutMs } = sent
  return callUpstream(to, { method, headers, body: body === null ? null : JSON.stringify(body), signal, timeoutMs })
}

/** The status a client is answered with where an upstream said one without a message: its own, unless HTTP gives it no sense here. */
export const statusSaid = (status: number | undefined): number =>
  status === undefined || status < 200 || (status >= 300 && status < 400) || status > 599 ? 502 : status

/** The last message of an exchange, with the status it came with and, from a stream, its id there. */
export type Final = { message: JsonObject; status: number; eventId?: string }

/**
 * Reads the answer to a request: what comes before it is handed to `on`, and its last message is returned. Null where the upstream ended the
 * stream before it answered, which lets its client resume elsewhere (MCP 2025-11-25, polling).
 * @throws UpstreamError
 */
export async function readAnswer(
  response: IncomingMessage,
  id: RequestId,
  on: (message: JsonObject | null, event: ServerEvent) => Promise<void>,
  limits: Limits,
): Promise<Final | null> {
  const bounds = boundsOf(limits)
  const status = response.statusCode ?? 0
  const type = one(response.headers['content-type'])?.split(';', 1)[0]?.trim().toLowerCase()
  if (status === 200 && type === 'text/event-stream') return readStream(response, id, on, bounds)
  const text = await wholeBody(response, { ...bounds, maxBytes: limits.answerBytes })
  if (status === 401 || status === 403) throw upstreamError('upstream_credential', undefined, status)
  if (status !== 200 && (status < 400 || status > 599)) throw upstreamError('upstream_status', undefined, status)
  const message = type === 'application/json' ? parsed(text) : null
  if (status !== 200) {
    // what the protocol itself says of a bad request or a session that is over is the client's to hear
    if (isObject(message ?? undefined) && isObject((message as JsonObject).error))
      return { message: { ...(message as JsonObject), id }, status }
    throw upstreamError('upstream_status', undefined, status)
  }
  return { message: answerTo(message, id), status }
}

async function readStream(
  response: IncomingMessage,
  id: RequestId,
  on: (message: JsonObject | null, event: ServerEvent) => Promise<void>,
  bounds: Bounds,
): Promise<Final | null> {
  let resumable = false
  for await (const event of eventsOf(response, bounds)) {
    resumable ||= event.id !== undefined
    if (event.data === '') {
      await on(null, event)
      continue
    }
    const message = parsed(event.data)
    if (!isObject(message) || message.jsonrpc !== '2.0') throw upstreamError('upstream_malformed')
    if (message.method !== undefined) {
      await on(message, event)
      continue
    }
    return { message: answerTo(message, id), status: 200, ...(event.id !== undefined && { eventId: event.id }) }
  }
  if (resumable) return null
  throw upstreamError('upstream_broken')
}

function answerTo(message: JsonValue, id: RequestId): JsonObject {
  if (!isObject(message) || message.jsonrpc !== '2.0' || message.method !== undefined)
    throw upstreamError('upstream_malformed')
  if ('result' in message === 'error' in message) throw upstreamError('upstream_malformed')
  // a server that could not read the id says null (JSON-RPC 2.0 §5)
  if (message.id !== id && !('error' in message && (message.id === null || message.id === undefined)))
    throw upstreamError('upstream_foreign')
  return { ...message, id }
}

/** JSON of a stranger, strictly. @throws UpstreamError `upstream_malformed` */
export function parsed(text: string): JsonValue {
  try {
    return parseJson(text, { maxBytes: LIMITS.answerBytes, maxDepth: 64, round: true, allowNul: true })
  } catch (error) {
    throw upstreamError(
      isFault(error) && error.code === 'too_large' ? 'upstream_too_large' : 'upstream_malformed',
      error,
    )
  }
}
