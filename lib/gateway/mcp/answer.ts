import type { JsonObject } from '@/lib/core/json'
import type { ActionOutput } from '@/lib/decisions/contract'
import { isStateless, type Request } from './message'
import type { IncomingHttpHeaders } from 'node:http'

/** What of a decision goes with an answer, for programs: under a key of `_meta` that is ours (MCP 2025-11-25, `_meta`). */
export const META_KEY = 'io.countersign/decision'

/** A result of `tools/call` that says why nothing ran. It is a result and no protocol error, so that the model reads it. */
export function notRun(request: Request, headers: IncomingHttpHeaders, text: string, decision: JsonObject): JsonObject {
  const told = { _meta: { [META_KEY]: decision } }
  if (request.method !== 'tools/call')
    return { jsonrpc: '2.0', id: request.id, error: { code: -32_002, message: text, data: { [META_KEY]: decision } } }
  return {
    jsonrpc: '2.0',
    id: request.id,
    result: {
      content: [{ type: 'text', text }],
      isError: true,
      ...told,
      ...(isStateless(request.params, headers) && { resultType: 'complete' }),
    },
  }
}

/** The words for a decision that does not run, with what to do about it. */
export function wordsFor(action: ActionOutput): string {
  const { id, status, reason, approval } = action
  const where = approval === null ? '' : ` ${approval.url}`
  switch (status) {
    case 'held':
      return `Approval pending: ${reason.text} Decision ${id}. A person answers at${where}. Nothing has run. Retry the same call with the same arguments to go on waiting; once it is approved, the retry runs it.`
    case 'rejected':
      return `A person rejected this call (decision ${id}). It did not run. Do not retry it as it is.`
    case 'expired':
      return `Nobody answered in time (decision ${id}). It did not run.`
    case 'withdrawn':
      return `The request was withdrawn before anybody answered (decision ${id}). It did not run.`
    case 'superseded':
      return `What was approved stands no more: ${reason.text} (decision ${id}). It did not run. Call again to ask anew.`
    default:
      return `Not allowed: ${reason.text} (decision ${id}, ${reason.code}). It did not run.`
  }
}

/** What of an action goes into `_meta`. */
export function decisionOf(action: ActionOutput): JsonObject {
  const { id, decision, status, reason, approval } = action
  return {
    id,
    decision,
    status,
    reason: reason.code,
    ...(approval !== null && { approval: { id: approval.id, url: approval.url, expires_at: approval.expires_at } }),
  }
}
