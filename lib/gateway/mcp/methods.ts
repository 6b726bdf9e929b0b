import type { JsonObject, JsonValue } from '@/lib/core/json'
import { CONTINUATION } from '@/lib/tools/continuation'
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

/** Methods whose results may ask back, and that are then called again with the answers (MCP 2026-07-28, SEP-2322). */
const SEVERAL_ROUNDS: ReadonlySet<string> = new Set(['tools/call', 'resources/read', 'prompts/get'])

/** Whether the answer to a request may ask back. */
export const mayAskBack = ({ method, params }: Request): boolean =>
  SEVERAL_ROUNDS.has(method) && isStateless(params, {})

/**
 * What a decided request would do. A tool is `server.tool`; reading a resource, a prompt or completions are the tools `server.resources/read`
 * and so on, with their parameters as arguments. What is forwarded is made of what is decided on, and nothing rides along: what a client answers
 * in another round of its call is in `answered`, and becomes part of the arguments (`continued`).
 * @returns or why it is none, in words for whoever sent it
 */
export function deedOf(server: string, { method, params, id }: Request): Deed | { refused: string } {
  const { _meta: meta, inputResponses, requestState, ...said } = params
  const about: JsonObject = isObject(meta) ? { _meta: knownOf(meta) } : {}
  const bodyOf = (given: JsonObject, beside: JsonObject): JsonObject => ({
    ...{ jsonrpc: '2.0', id, method },
    params: { ...given, ...beside, ...about },
  })
  const answered = answeredOf(method, isStateless(params, {}), inputResponses, requestState)
  if (answered !== null && 'refused' in answered) return answered
  if (method !== 'tools/call') {
    if (Object.hasOwn(said, CONTINUATION)) return TAKEN
    const tool = `${server}.${method}`
    return { tool, arguments: said, sent: said, answered, withArguments: (given, beside = {}) => bodyOf(given, beside) }
  }
  const { name, arguments: args = {}, task } = said
  if (typeof name !== 'string' || name === '' || !isObject(args))
    return { refused: 'Name what is called, with an object of arguments.' }
  if (Object.hasOwn(args, CONTINUATION)) return TAKEN
  // without sessions it means nothing any more, and servers ignore it (SEP-2663): it goes no further than here
  if (task !== undefined && !isStateless(params, {})) return { refused: 'Tasks are not offered.' }
  return {
    tool: `${server}.${name}`,
    arguments: args,
    sent: args,
    answered,
    withArguments: (given, beside = {}) =>
      bodyOf(
        { name, ...((params.arguments !== undefined || Object.keys(given).length > 0) && { arguments: given }) },
        beside,
      ),
  }
}

const TAKEN = {
  refused: `No argument here may be called ${CONTINUATION}: under that name stands what a client answers.`,
}
const MOST_STATE = 768 * 1_024

/** What a client says in another round of a call; null where it is the first. */
function answeredOf(
  method: string,
  stateless: boolean,
  responses: JsonValue | undefined,
  state: JsonValue | undefined,
): Deed['answered'] | { refused: string } {
  if (responses === undefined && state === undefined) return null
  if (!stateless || !SEVERAL_ROUNDS.has(method))
    return { refused: 'A server asks nothing back within this request: inputResponses and requestState are not taken.' }
  if (responses !== undefined && !(isObject(responses) && Object.values(responses).every(isObject)))
    return { refused: 'inputResponses is an object of answers, by the keys of what was asked, and each is an object.' }
  if (state !== undefined && (typeof state !== 'string' || state.length > MOST_STATE))
    return { refused: 'requestState is the text that came with the questions, as it came.' }
  return { responses: responses ?? null, state: state ?? null }
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
