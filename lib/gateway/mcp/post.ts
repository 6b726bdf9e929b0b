import { isFault } from '@/lib/core/fault'
import { transaction } from '@/lib/db/client'
import { requireActing } from '@/lib/gateway/agent-request'
import { isUpstreamError, UPSTREAM_FAILURES } from '@/lib/upstreams/failure'
import { noteRefused } from '@/lib/upstreams/note'
import { Answering } from './answering'
import { bridgeSilent } from './bridge'
import { callDecided } from './call'
import { openKey, type Exchange } from './deps'
import { Door } from './door'
import { forward } from './forward'
import { CODES, errorMessage, isStateless, one, progressToken, type Message, type Request } from './message'
import { deedOf, methodOf } from './methods'
import { noteFailure } from './note-failure'
import { runOf } from './run-of'
import { forwardedHeaders, send, statusSaid } from './upstream'

/** Answers one message of a client: decides it, passes it on, or refuses it. */
export async function answerMessage(exchange: Exchange, message: Message): Promise<void> {
  if (message.kind !== 'request') {
    await passSilent(exchange, message)
    return
  }
  const { request, reply, upstream, principal } = exchange
  const canStream = one(request.headers.accept)?.includes('text/event-stream') ?? false
  const answering = new Answering(reply, canStream, progressToken(message.params))
  const kind = methodOf(message.method)
  if (kind === 'passed') {
    await pass(exchange, message, answering)
    return
  }
  const deed = kind === 'decided' ? deedOf(upstream.name, message) : null
  if (deed === null || 'refused' in deed) {
    const label = deed === null ? 'unknown_method' : 'malformed_call'
    await transaction((tx) => noteRefused(tx, principal.agentId, upstream, label))
    const error =
      deed === null
        ? errorMessage(message.id, CODES.unknown, `Method not found: ${message.method}`)
        : errorMessage(message.id, CODES.params, deed.refused)
    // MCP 2026-07-28: a method nobody offers is an address that is not there
    answering.finish(error, deed === null && isStateless(message.params, request.headers) ? 404 : 200)
    return
  }
  await callDecided(exchange, message, deed, answering)
}

/** Passes on what opens, lists or listens; what comes back comes through its door. */
async function pass(exchange: Exchange, message: Request, answering: Answering): Promise<void> {
  const { mcp, principal, upstream, reply } = exchange
  await requireActing(mcp.gateway, principal)
  const stop = new AbortController()
  const running = {
    agentId: principal.agentId,
    runId: null,
    upstreamId: upstream.id,
    server: upstream.name,
    tool: null,
  }
  const leave = await mcp.running.enter(running, (reason) => {
    stop.abort(reason)
  })
  const gone = () => {
    if (!answering.ended) stop.abort('client_gone')
  }
  reply.raw.once('close', gone)
  const door = new Door(exchange, message.method, () => runOf(exchange))
  try {
    const final = await forward(exchange, message, message.body, answering, stop.signal, door)
    if ('owed' in final) answering.end()
    else answering.finish(final.message, final.status, final.eventId)
  } catch (error) {
    if (isUpstreamError(error)) await noteFailure(exchange, error.upstream)
    if (isUpstreamError(error))
      answering.finish(
        errorMessage(message.id, CODES.internal, UPSTREAM_FAILURES[error.upstream], { code: error.upstream }),
        502,
      )
    else if (stop.signal.aborted)
      answering.finish(
        errorMessage(message.id, CODES.internal, 'Broken off.', { code: String(stop.signal.reason) }),
        503,
      )
    else if (isFault(error))
      answering.finish(errorMessage(message.id, CODES.internal, error.message, { code: error.code }))
    else throw error
  } finally {
    leave()
    reply.raw.off('close', gone)
  }
}

/** Passes on a notification, or a client's answer to a request of the upstream's: accepted, or not. */
async function passSilent(exchange: Exchange, message: Exclude<Message, Request>): Promise<void> {
  const { mcp, principal, upstream, session, request, reply } = exchange
  await requireActing(mcp.gateway, principal)
  if (message.kind === 'notification' && message.method === 'notifications/cancelled') {
    const { requestId } = message.params
    if (typeof requestId === 'string' || typeof requestId === 'number') {
      const key = openKey(principal.agentId, upstream.id, session, requestId)
      mcp.open.get(key)?.abort('cancelled')
      mcp.owed.stop(key, 'cancelled')
    }
  }
  try {
    if (upstream.transport === 'stdio') {
      bridgeSilent(exchange, message)
      await reply.code(202).send()
      return
    }
    const response = await send(upstream, 'POST', {
      headers: forwardedHeaders(request.headers, session),
      body: message.body,
      signal: AbortSignal.timeout(30_000),
      firstByteMs: exchange.mcp.limits.firstByteMs,
    })
    response.resume()
    const status = statusSaid(response.statusCode)
    await reply.code(status === 200 || status === 204 ? 202 : status).send()
  } catch (error) {
    if (isFault(error)) throw error
    const code = isUpstreamError(error) ? error.upstream : 'upstream_timeout'
    await reply
      .code(502)
      .type('application/json')
      .send(JSON.stringify(errorMessage(null, CODES.internal, UPSTREAM_FAILURES[code], { code })))
  }
}
