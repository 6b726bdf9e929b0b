import { injectionSignals, type InjectionSignal } from '@/lib/core/injection'
import type { JsonObject, JsonValue } from '@/lib/core/json'
import { redactSecrets } from '@/lib/core/secrets'
import { upstreamError } from '@/lib/upstreams/failure'
import { isObject } from './message'

/** What was found in messages of an upstream: kinds of secrets that were masked, and signals of planted instructions. */
export type Findings = { masked: string[]; signals: InjectionSignal[] }

/**
 * A message of an upstream with what is of the protocol and nothing beside it (JSON-RPC 2.0; MCP takes objects alone for `params` and `result`).
 * Pure.
 * @throws UpstreamError `upstream_malformed`
 */
export function rebuilt(said: JsonValue): JsonObject {
  if (!isObject(said) || said.jsonrpc !== '2.0') throw upstreamError('upstream_malformed')
  const { id, method, params, result, error } = said
  const known = typeof id === 'string' ? id.length <= 512 : Number.isSafeInteger(id)
  if (method !== undefined) {
    const named = typeof method === 'string' && /^[A-Za-z0-9_/.$-]{1,200}$/.test(method)
    const alone = result === undefined && error === undefined && (id === undefined || known)
    if (!named || !alone || (params !== undefined && !isObject(params))) throw upstreamError('upstream_malformed')
    return {
      jsonrpc: '2.0',
      ...(id !== undefined && { id }),
      method,
      ...(params !== undefined && { params }),
    }
  }
  const own = { jsonrpc: '2.0', id: known ? (id ?? null) : null }
  if (isObject(result) && error === undefined && known) return { ...own, result }
  // a server that could not read the id says null (JSON-RPC 2.0 §5)
  if (!isObject(error) || result !== undefined || !(known || id === null || id === undefined))
    throw upstreamError('upstream_malformed')
  const { code, message, data } = error
  if (!Number.isSafeInteger(code) || typeof message !== 'string') throw upstreamError('upstream_malformed')
  return { ...own, error: { code: code ?? null, message, ...(data !== undefined && { data }) } }
}

const PARTS = ['result', 'params', 'error'] as const

/** A message with every known secret masked (C41), and the kinds that were. What routes it (`id`, `method`) is left as it is. Pure. */
export function withoutSecrets(message: JsonObject): { message: JsonObject; masked: string[] } {
  const masked = new Set<string>()
  const clean: JsonObject = { ...message }
  for (const part of PARTS) {
    const value = message[part]
    if (value === undefined) continue
    const redacted = redactSecrets(value)
    for (const { kind } of redacted.found) masked.add(kind)
    clean[part] = redacted.value
  }
  return { message: clean, masked: [...masked].toSorted() }
}

/** Signals of planted instructions in a message. Pure. */
export function signalsIn(message: JsonObject): InjectionSignal[] {
  return injectionSignals(PARTS.map((part) => message[part] ?? null))
}

/** Keys whose values route a message, or say its level, and are no words. */
const ROUTING: ReadonlySet<string> = new Set([
  ...['progressToken', 'requestId', 'level', 'io.modelcontextprotocol/subscriptionId'],
])

/**
 * What answers these says what the catalogue pins, or nothing that a model reads as content: only a signal taints there. Lists of resources and
 * prompts are pinned by nothing.
 */
const PINNED: ReadonlySet<string> = new Set([
  ...['initialize', 'server/discover', 'ping', 'tools/list', 'resources/unsubscribe', 'logging/setLevel'],
  'subscriptions/listen',
])

/**
 * Whether a message holds words a model may read as content, and nobody vouches for.
 * @param asked the method it answers; null for what the upstream says by itself
 */
export function hasWords(message: JsonObject, asked: string | null): boolean {
  if (message.method !== undefined) return isObject(message.params) && holdsText(message.params)
  if (asked !== null && PINNED.has(asked)) return false
  const named = asked === null ? undefined : LISTED[asked]
  if (named === undefined) return true
  const items = isObject(message.result) ? message.result[named] : []
  return !Array.isArray(items) || items.length > 0
}

/** Lists whose items nothing pins, and where in their result the items are. */
const LISTED: Readonly<Record<string, string>> = {
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
  'prompts/list': 'prompts',
}

function holdsText(value: JsonValue): boolean {
  if (typeof value === 'string') return value !== ''
  if (Array.isArray(value)) return value.some(holdsText)
  return isObject(value) && Object.entries(value).some(([key, member]) => !ROUTING.has(key) && holdsText(member))
}

/** Progress of an upstream, raised above what was told before it; any other notification as it is. */
export function raised(message: JsonObject, by: number): JsonObject {
  if (by === 0 || message.method !== 'notifications/progress' || !isObject(message.params)) return message
  const { progress, total } = message.params
  const params = {
    ...message.params,
    ...(typeof progress === 'number' && { progress: progress + by }),
    ...(typeof total === 'number' && { total: total + by }),
  }
  return { ...message, params }
}
