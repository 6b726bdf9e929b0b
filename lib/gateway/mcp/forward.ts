import type { JsonObject } from '@/lib/core/json'
import type { Answering } from './answering'
import { bridged } from './bridge'
import { cleaned, raised, type Findings } from './clean'
import type { Exchange } from './deps'
import { isStateless, one, type Request } from './message'
import { wrapSession } from './session'
import { forwardedHeaders, readAnswer, send, type Final } from './upstream'

/**
 * Forwards a request and reads what comes back: what precedes the answer is passed on as it comes, masked; the answer itself is returned,
 * masked, for its caller to record first. What was found is added to `findings`.
 * @throws UpstreamError, or what aborted the signal
 */
export async function forward(
  exchange: Exchange,
  message: Request,
  body: JsonObject,
  answering: Answering,
  signal: AbortSignal,
  findings: Findings,
): Promise<{ final: Final | null }> {
  const { upstream, principal, session, request } = exchange
  if (upstream.transport === 'stdio') {
    const final = await bridged(exchange, message, body, answering, signal, (said) => {
      answering.event(raised(collect(said, findings), answering.raisedBy))
    })
    return { final: { ...final, message: collect(final.message, findings) } }
  }
  const headers = forwardedHeaders(request.headers, session)
  const cancel = () => {
    // a revision with sessions is told; without one, the closed connection says it
    if (!isStateless(message.params, request.headers)) tellCancelled(exchange, message, String(signal.reason))
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    signal.throwIfAborted()
    const response = await send(upstream, 'POST', { headers, body, signal })
    const opened = one(response.headers['mcp-session-id'])
    if (opened !== undefined && opened !== session)
      answering.header('mcp-session-id', wrapSession(principal.agentId, upstream.id, opened))
    // a stream that says nothing yet is one all the same: its client waits for the head of it
    if (response.statusCode === 200 && one(response.headers['content-type'])?.startsWith('text/event-stream') === true)
      answering.begin()
    const final = await readAnswer(response, message.id, (said, event) => {
      const clean = said === null ? null : collect(said, findings)
      answering.event(clean === null ? null : raised(clean, answering.raisedBy), event.id, event.retry)
    })
    return { final: final === null ? null : { ...final, message: collect(final.message, findings) } }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

function collect(message: JsonObject, into: Findings): JsonObject {
  const { message: clean, findings } = cleaned(message)
  into.masked = [...new Set([...into.masked, ...findings.masked])].toSorted()
  into.signals = [...new Set([...into.signals, ...findings.signals])].toSorted()
  return clean
}

/** Tells an upstream that nobody waits for a request any more; whether it heard is its own affair. */
function tellCancelled({ upstream, session, request }: Exchange, { id }: Request, reason: string): void {
  const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } }
  send(upstream, 'POST', {
    headers: forwardedHeaders(request.headers, session),
    body,
    signal: AbortSignal.timeout(5_000),
  })
    .then((response) => response.resume())
    .catch(() => undefined)
}
