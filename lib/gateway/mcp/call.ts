import { isFault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import { judge } from '@/lib/core/judge'
import { transaction } from '@/lib/db/client'
import { claimGrant } from '@/lib/decisions/claim'
import { LIMITS as SAID, proposal, type ActionOutput, type OutcomeInput } from '@/lib/decisions/contract'
import { introspect } from '@/lib/decisions/introspect'
import { recordOutcome } from '@/lib/decisions/outcome'
import { propose } from '@/lib/decisions/propose'
import { approvedBefore } from '@/lib/decisions/resume'
import { asCaller } from '@/lib/gateway/agent-request'
import { resolveTool } from '@/lib/tools/tool'
import { isUpstreamError, UPSTREAM_FAILURES } from '@/lib/upstreams/failure'
import { noteFound, noteRefused, type Found } from '@/lib/upstreams/note'
import { runFor, taintRun } from '@/lib/upstreams/run'
import { decisionOf, META_KEY, notRun, wordsFor } from './answer'
import type { Answering } from './answering'
import type { Findings } from './clean'
import { openKey, type Exchange } from './deps'
import { forward } from './forward'
import { hold } from './hold'
import { CODES, errorMessage, isObject, one, type Request } from './message'

/** What a request would do, as a proposal: the tool by its full name, and its arguments. */
export type Deed = { tool: string; arguments: JsonObject; withArguments: (args: JsonObject) => JsonObject }

/**
 * Decides a request, waits for a person where one is asked, claims the grant and consumes it, and only then forwards it (C08, C18, C19). What
 * came of it is recorded before its agent reads it. A halt, a disconnected upstream or a client that has gone breaks it off.
 */
export async function callDecided(
  exchange: Exchange,
  message: Request,
  deed: Deed,
  answering: Answering,
): Promise<void> {
  const { mcp, principal, upstream, session, reply, request } = exchange
  const { machines } = mcp
  const caller = asCaller(principal, 'mcp')
  const stop = new AbortController()
  const gone = () => {
    if (!answering.ended) stop.abort('client_gone')
  }
  reply.raw.once('close', gone)
  const key = openKey(principal.agentId, upstream.id, session, message.id)
  mcp.open.set(key, stop)
  try {
    const runId = await runOf(exchange)
    const tool = resolveTool(deed.tool)
    const before = tool && (await approvedBefore(machines.connections, principal.agentId, tool, deed.arguments))
    const action =
      before === null
        ? await propose(
            machines,
            caller,
            judge(proposal, { tool: deed.tool, arguments: deed.arguments, run: { id: publicId('run', runId) } }),
            null,
          )
        : await claimGrant(machines, caller, before)
    const answered =
      action.status === 'held' || action.status === 'approved'
        ? await hold(exchange, action, answering, stop.signal)
        : action
    if (answered.grant === null) {
      answering.finish(notRun(message, request.headers, wordsFor(answered), decisionOf(answered)))
      return
    }
    await run(exchange, message, deed, answered, runId, answering, stop)
  } catch (error) {
    if (!isFault(error)) throw error
    // what is no proposal was never decided: it is noted apart
    if (error.code === 'invalid_request')
      await transaction((tx) => noteRefused(tx, principal.agentId, upstream, 'malformed_call'))
    answering.finish(refused(message, error), error.code === 'stop_only' && !answering.streams ? 403 : 200)
  } finally {
    mcp.open.delete(key)
    reply.raw.off('close', gone)
  }
}

/** The run a request belongs to: the one its harness names, else the agent's own for this upstream. @throws Fault */
async function runOf({ mcp, principal, upstream, request }: Exchange): Promise<string> {
  const named = one(request.headers['countersign-run'])
  const now = mcp.gateway.now()
  return named === undefined
    ? runFor(mcp.machines.connections, principal.agentId, upstream.id, now)
    : parsePublicId('run', named, 'Countersign-Run')
}

function refused(message: Request, error: Error & { code: string }): JsonObject {
  const code = error.code === 'invalid_request' ? CODES.params : CODES.internal
  return errorMessage(message.id, code, `${error.message} Nothing has run.`, { code: error.code })
}

async function run(
  exchange: Exchange,
  message: Request,
  deed: Deed,
  action: ActionOutput,
  runId: string,
  answering: Answering,
  stop: AbortController,
): Promise<void> {
  const { mcp, principal, upstream, request } = exchange
  const { machines } = mcp
  const actionId = parsePublicId('action', action.id)
  const args = (action.edited?.arguments ?? deed.arguments) as JsonObject // what the strict parser made, or what a person edited it to
  const token = action.grant?.token ?? ''
  const running = {
    agentId: principal.agentId,
    runId,
    upstreamId: upstream.id,
    server: upstream.name,
    tool: deed.tool.slice(upstream.name.length + 1),
  }
  // entered before the grant is consumed: a halt is either heard, or refuses the grant
  const leave = await mcp.running.enter(running, (reason) => {
    stop.abort(reason)
  })
  try {
    const agent = publicId('agent', principal.agentId)
    const claimed = await introspect(machines.connections, { token, agent, tool: deed.tool, arguments: args })
    if (!claimed.active) {
      const text = `The grant stands no more (${claimed.reason}). Nothing has run. Call again to ask anew.`
      answering.finish(notRun(message, request.headers, text, { id: action.id, refused: claimed.reason }))
      return
    }
    const begun = mcp.gateway.now().getTime()
    const sent = deed.withArguments(args)
    const { final, found, error } = await attempt(exchange, message, sent, answering, stop.signal)
    const duration = Math.max(0, mcp.gateway.now().getTime() - begun)
    if (final === null && error === null) {
      // the upstream lets its client fetch the result elsewhere: what came of it is told from there, or stays unknown
      answering.end()
      return
    }
    const outcome: OutcomeInput = { grant: token, ...outcomeOf(final?.message ?? null, error), duration_ms: duration }
    await transaction(async (tx) => {
      await recordOutcome(tx, principal.agentId, actionId, outcome, mcp.gateway.now())
      await noteFound(tx, { id: actionId, agentId: principal.agentId, runId }, upstream, {
        failure: isUpstreamError(error) ? error.upstream : null,
        ...found,
      })
    })
    if (final !== null && (!upstream.trusted || found.signals.length > 0)) {
      await taintRun(principal.agentId, runId, `mcp:${upstream.name}`, mcp.gateway.now())
      machines.decider.forgetRun(runId)
    }
    if (final === null)
      answering.finish(
        notRun(message, request.headers, brokenWords(error, action.id), { id: action.id, status: 'broken_off' }),
      )
    else answering.finish(marked(final.message, action.id, found), final.status, final.eventId)
  } finally {
    leave()
  }
}

type Attempt = { final: Awaited<ReturnType<typeof forward>>['final']; found: Omit<Found, 'failure'>; error: unknown }

/** Forwards, and takes every way it can go wrong as an answer. */
async function attempt(
  exchange: Exchange,
  message: Request,
  body: JsonObject,
  answering: Answering,
  signal: AbortSignal,
): Promise<Attempt> {
  const findings: Findings = { masked: [], signals: [] }
  try {
    const { final } = await forward(exchange, message, body, answering, signal, findings)
    return { final, found: findings, error: null }
  } catch (error) {
    return { final: null, found: findings, error: signal.aborted ? new Error(String(signal.reason)) : error }
  }
}

function outcomeOf(final: JsonObject | null, error: unknown): Pick<OutcomeInput, 'status' | 'output' | 'error'> {
  if (final === null) {
    if (isUpstreamError(error)) return { status: 'failed', error: `${error.upstream}: ${error.message}` }
    return { status: 'aborted', error: error instanceof Error ? error.message : 'internal' }
  }
  if (isObject(final.error))
    return { status: 'failed', error: 'The server answered with an error.', output: bounded(final.error) }
  const result = isObject(final.result) ? final.result : {}
  return { status: result.isError === true ? 'failed' : 'succeeded', output: bounded(result) }
}

/** What of a result is kept: all of it, or how large it was. */
function bounded(value: JsonObject): JsonObject {
  const bytes = Buffer.byteLength(JSON.stringify(value))
  return bytes <= SAID.outputBytes ? value : { not_kept: 'The result is larger than what is kept of one.', bytes }
}

function brokenWords(error: unknown, id: string): string {
  if (isUpstreamError(error))
    return `${UPSTREAM_FAILURES[error.upstream]} It may have run in part. Decision ${id}, ${error.upstream}.`
  const reason = error instanceof Error ? error.message : ''
  if (reason === 'halted')
    return `A halt is in force: the call was broken off, and may have run in part. Stop now. Decision ${id}.`
  if (reason === 'disconnected') return `The server was disconnected: the call was broken off. Decision ${id}.`
  return `The call was broken off, and may have run in part. Decision ${id}.`
}

/** A result with the decision it ran under, and what was found in it: data nobody vouches for. */
function marked(message: JsonObject, id: string, { signals, masked }: Omit<Found, 'failure'>): JsonObject {
  if (!isObject(message.result)) return message
  const meta = isObject(message.result._meta) ? message.result._meta : {}
  const about = {
    id,
    untrusted: true,
    ...(signals.length > 0 && { signals: [...signals] }),
    ...(masked.length > 0 && { masked: [...masked] }),
  }
  return { ...message, result: { ...message.result, _meta: { ...meta, [META_KEY]: about } } }
}
