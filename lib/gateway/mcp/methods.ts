import type { JsonObject } from '@/lib/core/json'
import type { Deed } from './call'
import { isObject, type Request } from './message'

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
 * and so on, with their parameters as arguments. Null where it names nothing.
 */
export function deedOf(server: string, { method, params, body }: Request): Deed | null {
  if (method === 'tools/call') {
    const { name, arguments: args = {} } = params
    if (typeof name !== 'string' || name === '' || !isObject(args) || params.task !== undefined) return null
    return {
      tool: `${server}.${name}`,
      arguments: args,
      withArguments: (given) => ({
        ...body,
        params: {
          ...params,
          ...(params.arguments !== undefined || Object.keys(given).length > 0 ? { arguments: given } : {}),
        },
      }),
    }
  }
  const { _meta: meta, ...said } = params
  return {
    tool: `${server}.${method}`,
    arguments: said,
    withArguments: (given: JsonObject) => ({
      ...body,
      params: { ...given, ...(meta !== undefined && { _meta: meta }) },
    }),
  }
}

/** The tool under which what a list names is read; null for lists of tools, which are filtered one by one. */
export function readerOf(method: string): string | null {
  if (method === 'resources/list' || method === 'resources/templates/list') return 'resources/read'
  return method === 'prompts/list' ? 'prompts/get' : null
}
