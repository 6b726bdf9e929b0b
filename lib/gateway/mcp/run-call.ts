import { isFault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import { transaction } from '@/lib/db/client'
import { LIMITS as SAID, type ActionOutput, type OutcomeInput } from '@/lib/decisions/contract'
import { introspect, introspectCall } from '@/lib/decisions/introspect'
import { recordOutcome } from '@/lib/decisions/outcome'
import { recordOutcomeOfCall } from '@/lib/decisions/outcome-of-call'
import { splitContinuation } from '@/lib/tools/continuation'
import { isUpstreamError } from '@/lib/upstreams/failure'
import { noteFound } from '@/lib/upstreams/note'
import { keepRound, takeRound, type Call } from '@/lib/upstreams/rounds'
import { leftAtWork, type LeftAtWork } from '@/lib/upstreams/stdio'
import { brokenWords, META_KEY, notRun, unrecordedWords, unusedWords } from './answer'
import type { Answering } from './answering'
import type { Findings } from './clean'
import { callOf, type Continued } from './continue'
import type { Exchange } from './deps'
import { Door } from './door'
import { forward, tellCancelled, type Owing } from './forward'
import { isObject, type Request } from './message'
import { mayAskBack } from './methods'
import type { Final } from './upstream'

/**
 * Runs an allowed call: consumes its grant, forwards it, and records what came of it before its agent reads it. Whatever fails from the moment it
 * was forwarded is answered here, in words that never say that nothing has run.
 * @throws Fault, or what the database throws, only while nothing has been forwarded
 */
export async function runCall(
  exchange: Exchange,
  message: Request,
  { deed, round }: Continued,
  action: ActionOutput,
  runId: string,
  answering: Answering,
  stop: AbortController,
): Promise<void> {
  const { mcp, principal, upstream, request } = exchange
  const args = (action.edited?.arguments ?? deed.arguments) as JsonObject // what the strict parser made, or what a person edited it to
  // none where a hook was given it, which keeps it: the action is then named by its id
  const token = action.grant?.token ?? null
  const about = { agentId: principal.agentId, runId, upstreamId: upstream.id, server: upstream.name }
  const running = { ...about, tool: deed.tool.slice(upstream.name.length + 1) }
  // entered before the grant is consumed: a halt is either heard, or refuses the grant
  const work = { stopped: false, left: null as LeftAtWork | null }
  const leave = await mcp.running.enter(running, (reason) => {
    work.stopped = true
    stop.abort(reason)
    work.left?.end()
  })
  let owed = false
  try {
    const agent = publicId('agent', principal.agentId)
    const { connections } = mcp.machines
    const asked = { agent, tool: deed.tool, arguments: args }
    const claimed =
      token === null
        ? await introspectCall(connections, principal.agentId, parsePublicId('action', action.id), asked)
        : await introspect(connections, { token, ...asked })
    if (!claimed.active) {
      const told = { id: action.id, refused: claimed.reason }
      answering.finish(notRun(message, request.headers, unusedWords(claimed.reason, action.id), told))
      return
    }
    const door = new Door(exchange, message.method, () => Promise.resolve(runId), true)
    door.mayAskBack = mayAskBack(message)
    const record = recorder(exchange, door, action, runId, token, {
      call: callOf(deed),
      edited: action.edited === null ? (round?.kept.edited ?? null) : splitContinuation(args).args,
    })
    door.answered = async (answer) => {
      const state = await record(answer, null)
      return marked(answer, action.id, door.found, state)
    }
    const recorded = async (error: unknown) => {
      await record(null, error)
    }
    // the grant is used by now: of two requests with one state, the one that has it is forwarded
    const self = { id: parsePublicId('action', action.id), agentId: principal.agentId, runId }
    if (round !== null && !(await takeRound(self, upstream, round, mcp.gateway.now()))) {
      const late = new Error('continuation_used')
      await answer(exchange, message, action, answering, door, null, () => recorded(late), late)
      return
    }
    const sent = deed.withArguments(args)
    const { final, owing, error } = await attempt(exchange, message, sent, answering, stop.signal, door)
    // a program may be at work on what its client took back, or nobody waits for any more: a later halt ends it
    work.left = leftAtWork(error)
    if (work.stopped) work.left?.end()
    // its client may fetch the answer on another stream: until then it runs, and can be broken off
    if (owing !== null) {
      const left = () => {
        stop.signal.removeEventListener('abort', broken)
        leave()
      }
      const broken = () => {
        const reason = String(stop.signal.reason)
        tellCancelled(exchange, message, owing.session, reason)
        mcp.owed.drop(owing.owed, reason)
        recorded(new Error(reason)).catch(logged).finally(left)
      }
      const dropped = (reason: string) => {
        stop.abort(reason) // does nothing where that dropped it
      }
      owed = true
      stop.signal.addEventListener('abort', broken, { once: true })
      const kept = mcp.owed.await(owing.owed, door, { settled: left, dropped })
      if (stop.signal.aborted) broken()
      else if (!kept) stop.abort('not_fetched')
      answering.end()
      return
    }
    await answer(exchange, message, action, answering, door, final, () => recorded(error), error)
  } finally {
    if (work.left !== null) void work.left.over.then(leave)
    else if (!owed) leave()
  }
}

/** Records the outcome and answers with it; an outcome that cannot be recorded is answered as what it is. */
async function answer(
  { request }: Exchange,
  message: Request,
  { id }: ActionOutput,
  answering: Answering,
  door: Door,
  final: Final | null,
  broken: () => Promise<void>,
  error: unknown,
): Promise<void> {
  const reached = door.forwarded && !(isUpstreamError(error) && error.reached === false)
  try {
    if (final !== null) {
      answering.finish(await door.answered(final.message), final.status, final.eventId)
      return
    }
    await broken()
    const words = brokenWords(error, id, reached)
    answering.finish(notRun(message, request.headers, words, { id, status: 'broken_off' }))
  } catch (unrecorded) {
    logged(unrecorded)
    const words = unrecordedWords(id, reached)
    answering.finish(notRun(message, request.headers, words, { id, status: 'unknown' }))
  }
}

/**
 * Writes what came of a call, once: an answer that is fetched again is not one more. Where the server asked back, that is kept beside it.
 * @returns what writes it, and then says the `requestState` of its client's; null where nothing was asked back
 */
function recorder(
  { mcp, principal, upstream }: Exchange,
  door: Door,
  action: ActionOutput,
  runId: string,
  token: string | null,
  { call, edited }: { call: Call; edited: JsonObject | null },
): (final: JsonObject | null, error: unknown) => Promise<string | null> {
  const begun = mcp.gateway.now().getTime()
  const actionId = parsePublicId('action', action.id)
  const { agentId } = principal
  let once: Promise<string | null> | null = null
  return (final, error) =>
    (once ??= transaction(async (tx) => {
      const now = mcp.gateway.now()
      const duration = Math.max(0, now.getTime() - begun)
      const outcome = { ...outcomeOf(final, error), duration_ms: duration }
      if (token === null) await recordOutcomeOfCall(tx, agentId, actionId, outcome, now)
      else await recordOutcome(tx, agentId, actionId, { grant: token, ...outcome }, now)
      const failure = isUpstreamError(error) ? error.upstream : null
      const self = { id: actionId, agentId, runId }
      await noteFound(tx, self, upstream, { failure, ...door.found })
      if (final === null || door.askedBack === null) return null
      // as its client reads it: secrets are masked in it
      const requests = isObject(final.result) ? final.result.inputRequests : undefined
      const asked = { ...door.askedBack, requests: isObject(requests) ? requests : null }
      return keepRound(tx, self, upstream, call, asked, edited, now)
    }))
}

/** Forwards, and takes every way it can go wrong as an answer. */
async function attempt(
  exchange: Exchange,
  message: Request,
  body: JsonObject,
  answering: Answering,
  signal: AbortSignal,
  door: Door,
): Promise<{ final: Final | null; owing: Owing | null; error: unknown }> {
  try {
    const came = await forward(exchange, message, body, answering, signal, door)
    return 'owed' in came ? { final: null, owing: came, error: null } : { final: came, owing: null, error: null }
  } catch (error) {
    const left = leftAtWork(error)
    if (signal.aborted) {
      const broken = Object.assign(new Error(String(signal.reason)), left !== null && { left })
      return { final: null, owing: null, error: broken }
    }
    if (!isUpstreamError(error)) logged(error)
    return { final: null, owing: null, error }
  }
}

function logged(error: unknown): void {
  if (!isFault(error)) console.error('mcp:', error)
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

/**
 * A result with the decision it ran under, and what was found in it: data nobody vouches for.
 * @param state the `requestState` of a round that was kept, in place of the server's own
 */
function marked(message: JsonObject, id: string, { signals, masked }: Findings, state: string | null): JsonObject {
  if (!isObject(message.result)) return message
  const meta = isObject(message.result._meta) ? message.result._meta : {}
  const about = {
    id,
    untrusted: true,
    ...(signals.length > 0 && { signals: [...signals] }),
    ...(masked.length > 0 && { masked: [...masked] }),
  }
  const result = { ...message.result, ...(state !== null && { requestState: state }) }
  return { ...message, result: { ...result, _meta: { ...meta, [META_KEY]: about } } }
}
