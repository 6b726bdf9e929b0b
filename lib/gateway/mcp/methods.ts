import type { JsonObject } from '@/lib/core/json'
import type { Deed } from './call'
import { isObject, isStateless, type Request } from './message'

/**
 * What becomes of a method. `decided`: it acts or reads, so the boundary answers for it. `passed`: it opens, lists or listens, and reads
 * nothing. Whatever is not here is refused: a method nobody knows is not let through because nobody knows it (C08).
 */
const DECIDED: Readonly<Record<string, true>> = {
  'tools/call': true,
  'resources/read': true,
  'resources/subscribe': true,
  'prompts/get': true,
  'completion/complete': true,
}
const PASSED: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'resources/unsubscribe',
  'prompts/list',
  'logging/setLevel',
  'subscriptions/listen',
])

export function methodOf(method: string): 'decided' | 'passed' | 'refused' {
  if (Object.hasOwn(DECIDED, method)) return 'decided'
  return PASSED.has(method) ? 'passed' : 'refused'
}

/**
 * What a decided request would do. A tool is `server.tool`; reading a resource, a prompt or completions are the tools `server.resources/read`
 * and so on, with their parameters as arguments. What is forwarded is made of what is decided on, and nothing rides along.
 * @returns or why it is none, in words for whoever sent it
 */
export function deedOf(server: string, { method, params, id }: Request): Deed | { refused: string } {
  const { _meta: meta, ...said } = params
  const about: JsonObject = isObject(meta) ? { _meta: knownOf(meta) } : {}
  const bodyOf = (given: JsonObject): JsonObject => ({ jsonrpc: '2.0', id, method, params: { ...given, ...about } })
  if (method !== 'tools/call')
    return { tool: `${server}.${method}`, arguments: said, withArguments: (given) => bodyOf(given) }
  const { name, arguments: args = {}, task, inputResponses, requestState } = said
  if (typeof name !== 'string' || name === '' || !isObject(args))
    return { refused: 'Name what is called, with an object of arguments.' }
  // without sessions it means nothing any more, and servers ignore it (SEP-2663): it goes no further than here
  if (task !== undefined && !isStateless(params, {})) return { refused: 'Tasks are not offered.' }
  if (inputResponses !== undefined || requestState !== undefined)
    return {
      refused: 'A call is decided on by its arguments alone: inputResponses and requestState are not passed on.',
    }
  return {
    tool: `${server}.${name}`,
    arguments: args,
    withArguments: (given) =>
      bodyOf({ name, ...((params.arguments !== undefined || Object.keys(given).length > 0) && { arguments: given }) }),
  }
}

/** What of `_meta` is passed on with a decided request: what the protocol itself says there, and traces (W3C Trace Context). */
const KNOWN_META: ReadonlySet<string> = new Set([
  ...['progressToken', 'traceparent', 'tracestate', 'baggage'],
  ...['protocolVersion', 'clientInfo', 'clientCapabilities', 'logLevel'].map((key) => `io.modelcontextprotocol/${key}`),
])

const knownOf = (meta: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(meta).filter(([key]) => KNOWN_META.has(key)))

/** The tool under which what a list names is read; null for lists of tools, which are filtered one by one. */
export function readerOf(method: string): string | null {
  if (method === 'resources/list' || method === 'resources/templates/list') return 'resources/read'
  return method === 'prompts/list' ? 'prompts/get' : null
}
