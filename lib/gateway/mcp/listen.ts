import { closing } from '@/lib/core/closing'
import { db } from '@/lib/db/client'
import { requireActing } from '@/lib/gateway/agent-request'
import { requireStanding } from '@/lib/gateway/credential'
import { isUpstreamError, upstreamError } from '@/lib/upstreams/failure'
import { eventsOf, wholeBody } from '@/lib/upstreams/read-answer'
import { taintRun, runFor } from '@/lib/upstreams/run'
import { Answering } from './answering'
import { cleaned } from './clean'
import type { Exchange } from './deps'
import { CODES, errorMessage, isObject, one } from './message'
import { BOUNDS, forwardedHeaders, LIMITS, parsed, send } from './upstream'

const BEAT_MS = 15_000

/**
 * `GET`: the stream on which an upstream speaks by itself (revisions with sessions), masked like everything it says; it ends with a halt, with
 * the credential, and with the upstream. `DELETE`: ends a session.
 */
export async function listen(exchange: Exchange): Promise<void> {
  const { mcp, principal, upstream, session, request, reply } = exchange
  await requireActing(mcp.gateway, principal)
  if (upstream.transport === 'stdio') {
    // a program says what it says about a request on that request's own stream
    if (request.method === 'DELETE' && session !== null) mcp.programs.end(session)
    await reply.code(request.method === 'DELETE' ? 204 : 405).send()
    return
  }
  const stop = new AbortController()
  const answering = new Answering(reply, true, null)
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
  const end = () => {
    stop.abort('ended')
  }
  reply.raw.once('close', end)
  closing().addEventListener('abort', end)
  const beat = setInterval(() => {
    requireStanding(db(), principal, mcp.gateway.now()).catch(end)
    if (answering.streams) answering.step('')
  }, BEAT_MS)
  try {
    const method = request.method === 'DELETE' ? 'DELETE' : 'GET'
    const bounds = { ...BOUNDS, idleMs: 24 * 3_600_000, totalMs: null, maxBytes: null }
    const sent = { headers: forwardedHeaders(request.headers, session), body: null, signal: stop.signal, bounds }
    const response = await send(upstream, method, sent)
    const status = response.statusCode ?? 502
    const type = one(response.headers['content-type'])?.split(';', 1)[0]?.trim().toLowerCase()
    if (method === 'GET' && status === 200 && type === 'text/event-stream') {
      answering.begin()
      for await (const event of eventsOf(response, bounds)) await tell(exchange, answering, event)
      answering.end()
      return
    }
    await wholeBody(response, { ...BOUNDS, maxBytes: LIMITS.answerBytes })
    answering.end(status >= 300 && status < 400 ? 502 : status)
  } catch (error) {
    if (!isUpstreamError(error) && !stop.signal.aborted) throw error
    if (answering.streams) answering.end()
    else
      answering.finish(errorMessage(null, CODES.internal, isUpstreamError(error) ? error.message : 'Broken off.'), 502)
  } finally {
    clearInterval(beat)
    leave()
    reply.raw.off('close', end)
    closing().removeEventListener('abort', end)
  }
}

/** One event of an upstream. What answers a request is content like any result: it taints, whoever fetches it here. */
async function tell(
  exchange: Exchange,
  answering: Answering,
  event: { id?: string; retry?: number; data: string },
): Promise<void> {
  const { mcp, principal, upstream } = exchange
  if (event.data === '') {
    answering.event(null, event.id, event.retry)
    return
  }
  const message = parsed(event.data)
  if (!isObject(message) || message.jsonrpc !== '2.0') throw upstreamError('upstream_malformed')
  const { message: clean, findings } = cleaned(message)
  if ('result' in message && (!upstream.trusted || findings.signals.length > 0)) {
    const run = await runFor(mcp.machines.connections, principal.agentId, upstream.id, mcp.gateway.now())
    await taintRun(principal.agentId, run, `mcp:${upstream.name}`, mcp.gateway.now())
    mcp.machines.decider.forgetRun(run)
  }
  answering.event(clean, event.id, event.retry)
}
