import type { JsonObject } from '@/lib/core/json'
import { isUpstreamError, upstreamError, type UpstreamFailure } from '@/lib/upstreams/failure'
import type { Answering } from './answering'
import { bridged } from './bridge'
import { raised } from './clean'
import { keyOf, type Exchange } from './deps'
import type { Door } from './door'
import { isStateless, one, type Request } from './message'
import { wrapSession } from './session'
import { forwardedHeaders, readAnswer, send, type Final } from './upstream'

/** Where it is this side that gives up, the upstream may still be at work. */
const GIVEN_UP: ReadonlySet<UpstreamFailure> = new Set([
  ...(['upstream_timeout', 'upstream_endless', 'upstream_too_large'] as const),
  ...(['upstream_malformed', 'upstream_foreign', 'upstream_broken'] as const),
])

/** Where the answer to a request is kept for that comes on another stream, and the upstream's session it runs in. */
export type Owing = { owed: string; session: string | null }

/**
 * Forwards a request and reads what comes back through its door: what precedes the answer is passed on as it comes; the answer itself is returned,
 * for its caller to record first. Where the upstream lets its client fetch the answer elsewhere, what it is kept under is returned.
 * @throws UpstreamError, or what aborted the signal, or what the door refuses
 */
export async function forward(
  exchange: Exchange,
  message: Request,
  body: JsonObject,
  answering: Answering,
  signal: AbortSignal,
  door: Door,
): Promise<Final | Owing> {
  const { mcp, upstream, principal, session, request } = exchange
  if (upstream.transport === 'stdio') {
    const final = await bridged(exchange, message, body, answering, signal, door)
    return { ...final, message: await door.admit(final.message) }
  }
  const headers = forwardedHeaders(request.headers, session)
  let at = session
  let key: string | null = null
  const cancel = () => {
    tellCancelled(exchange, message, at, String(signal.reason ?? 'given up'))
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    signal.throwIfAborted()
    door.forwarded = true
    const response = await send(upstream, 'POST', { headers, body, signal, firstByteMs: mcp.limits.firstByteMs })
    const opened = one(response.headers['mcp-session-id'])
    at = opened ?? session
    if (opened !== undefined && opened !== session)
      answering.header('mcp-session-id', wrapSession(principal.agentId, upstream.id, opened))
    // a stream that says nothing yet is one all the same: its client waits for the head of it
    if (response.statusCode === 200 && one(response.headers['content-type'])?.startsWith('text/event-stream') === true)
      answering.begin()
    key = keyOf(exchange, message, at)
    const resumable = (id: string | undefined) => {
      if (id !== undefined && key !== null) mcp.owed.keep(key, principal.agentId, door)
    }
    const final = await readAnswer(
      response,
      message.id,
      async (said, event) => {
        resumable(event.id)
        const clean = said === null ? null : raised(await door.admit(said), answering.raisedBy)
        answering.event(clean, event.id, event.retry)
      },
      mcp.limits,
    )
    if (final === null) {
      // what is not kept can come nowhere: its stream has ended without an answer
      if (key === null || mcp.owed.of(key) !== door) throw upstreamError('upstream_broken')
      return { owed: key, session: at }
    }
    resumable(final.eventId)
    const answer = { ...final, message: await door.admit(final.message) }
    if (key !== null) mcp.owed.settle(key, door)
    return answer
  } catch (error) {
    if (key !== null) mcp.owed.settle(key, door)
    if (!signal.aborted && (!isUpstreamError(error) || GIVEN_UP.has(error.upstream))) cancel()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/**
 * Tells an upstream that nobody waits for a request any more; whether it heard is its own affair. Of a revision without sessions it hears that
 * from the closed connection.
 */
export function tellCancelled(
  { upstream, request }: Exchange,
  message: Request,
  session: string | null,
  reason: string,
): void {
  if (isStateless(message.params, request.headers)) return
  const params = { requestId: message.id, reason }
  send(upstream, 'POST', {
    headers: forwardedHeaders(request.headers, session),
    body: { jsonrpc: '2.0', method: 'notifications/cancelled', params },
    signal: AbortSignal.timeout(5_000),
    firstByteMs: 5_000,
  })
    .then((response) => response.resume())
    .catch(() => undefined)
}
