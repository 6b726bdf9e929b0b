import { closing } from '@/lib/core/closing'
import { isFault } from '@/lib/core/fault'
import { db } from '@/lib/db/client'
import { requireActing } from '@/lib/gateway/agent-request'
import { requireStanding } from '@/lib/gateway/credential'
import { isUpstreamError, upstreamError } from '@/lib/upstreams/failure'
import { eventsOf, wholeBody, type ServerEvent } from '@/lib/upstreams/read-answer'
import { Answering } from './answering'
import { openKey, type Exchange } from './deps'
import { Door } from './door'
import { CODES, errorMessage, isObject, one } from './message'
import { noteFailure } from './note-failure'
import { runOf } from './run-of'
import { boundsOf, forwardedHeaders, parsed, send, statusSaid } from './upstream'

const BEAT_MS = 15_000
/** An upstream may be silent for so long on a stream that nothing was asked on, in milliseconds. */
const LONGEST_MS = 24 * 3_600_000

/**
 * `GET`: the stream on which an upstream speaks by itself (revisions with sessions), through the same door as everything it says; it ends with a halt, with
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
  const door = new Door(exchange, null, () => runOf(exchange))
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
    const { firstByteMs, answerBytes } = mcp.limits
    const headers = forwardedHeaders(request.headers, session)
    const response = await send(upstream, method, { headers, body: null, signal: stop.signal, firstByteMs })
    const status = response.statusCode ?? 502
    const type = one(response.headers['content-type'])?.split(';', 1)[0]?.trim().toLowerCase()
    if (method === 'GET' && status === 200 && type === 'text/event-stream') {
      answering.begin()
      const bounds = { ...boundsOf(mcp.limits), idleMs: LONGEST_MS, totalMs: null, maxBytes: null }
      for await (const event of eventsOf(response, bounds)) await tell(exchange, door, answering, event)
      answering.end()
      return
    }
    await wholeBody(response, { ...boundsOf(mcp.limits), maxBytes: answerBytes })
    answering.end(statusSaid(status))
  } catch (error) {
    // what cannot be judged is not passed on: the stream ends
    if (!isUpstreamError(error) && !isFault(error) && !stop.signal.aborted) {
      if (!answering.streams) throw error
      console.error('mcp:', error)
    }
    if (isUpstreamError(error)) await noteFailure(exchange, error.upstream)
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

/**
 * One event of an upstream. What answers a request goes through the door of that request: filtered, marked and recorded as it would have been
 * there. An answer nobody is owed is refused.
 * @throws UpstreamError `upstream_malformed`, `upstream_foreign`
 */
async function tell(exchange: Exchange, door: Door, answering: Answering, event: ServerEvent): Promise<void> {
  const { mcp, principal, upstream, session } = exchange
  if (event.data === '') {
    answering.event(null, event.id, event.retry)
    return
  }
  const said = parsed(event.data)
  const { id } = isObject(said) && said.method === undefined ? said : { id: null }
  if (isObject(said) && said.method !== undefined) {
    answering.event(await door.admit(said), event.id, event.retry)
    return
  }
  const known = typeof id === 'string' || typeof id === 'number'
  const key = known ? openKey(principal.agentId, upstream.id, session, id) : null
  const asked = key === null ? null : mcp.owed.of(key)
  if (key === null || asked === null) throw upstreamError('upstream_foreign')
  const answer = await asked.answered(await asked.admit(said))
  // broken off meanwhile: that is what was recorded of it
  if (mcp.owed.of(key) !== asked) throw upstreamError('upstream_foreign')
  mcp.owed.settle(key, asked)
  answering.event(answer, event.id, event.retry)
}
