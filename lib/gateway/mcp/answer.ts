import type { JsonObject } from '@/lib/core/json'
import type { ActionOutput } from '@/lib/decisions/contract'
import { isUpstreamError, UPSTREAM_FAILURES } from '@/lib/upstreams/failure'
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

const ENDED = {
  succeeded: 'it succeeded',
  failed: 'it failed',
  aborted: 'it was broken off, and may have run in part',
  unknown: 'what came of it is not known',
} as const

/** Whether an action was begun: then another request runs it, or ran it. */
export const isBegun = (status: string): boolean => status === 'claimed' || Object.hasOwn(ENDED, status)

/**
 * The words for a call that was broken off.
 * @param reached whether anything of it may have reached the server
 */
export function brokenWords(error: unknown, id: string, reached: boolean): string {
  const ran = reached
    ? 'It may have run in part: do not repeat it unseen.'
    : 'It did not reach the server: nothing has run.'
  if (isUpstreamError(error)) return `${UPSTREAM_FAILURES[error.upstream]} ${ran} Decision ${id}, ${error.upstream}.`
  const reason = error instanceof Error ? error.message : ''
  if (reason === 'halted') return `A halt is in force: the call was broken off. ${ran} Stop now. Decision ${id}.`
  if (reason === 'continuation_used')
    return `Another request answered this already: a requestState is good once. ${ran} Decision ${id}, ${reason}.`
  if (reason === 'disconnected') return `The server was disconnected: the call was broken off. ${ran} Decision ${id}.`
  return `The call was broken off. ${ran} Decision ${id}.`
}

/** The words for a call whose end could not be recorded: whoever reads them must not take it for one that did not run. */
export function unrecordedWords(id: string, reached: boolean): string {
  return reached
    ? `The call was forwarded and may have run, but what came of it could not be recorded, so its result is withheld. Do not repeat it unseen. Decision ${id}.`
    : `The call did not reach the server: nothing has run. That could not be recorded. Decision ${id}.`
}

/** The words for a call of a tool that is withheld. */
export const withheldWords = (tool: string): string =>
  `The server says something else of ${tool} than what a person confirmed, so it is withheld until somebody has read that (Boundaries, Tools). Nothing has run.`

/** The words for a grant that stood no more when it was to be used. */
export function unusedWords(reason: string, id: string): string {
  return reason === 'used' || reason === 'replaced'
    ? `Another request of this agent took this call up (${reason}). This one forwarded nothing. Do not repeat it unseen. Decision ${id}.`
    : `The grant stands no more (${reason}). Nothing has run. Call again to ask anew. Decision ${id}.`
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
    case 'claimed':
      return `Another request of this agent took this call up and runs it now (decision ${id}). This one forwarded nothing. Do not repeat it.`
    case 'succeeded':
    case 'failed':
    case 'aborted':
    case 'unknown':
      return `Another request of this agent ran this call already: ${ENDED[status]} (decision ${id}). This one forwarded nothing. Do not repeat it.`
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
