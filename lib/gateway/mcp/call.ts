import { fault, isFault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import { judge } from '@/lib/core/judge'
import { transaction } from '@/lib/db/client'
import { proposal } from '@/lib/decisions/contract'
import { propose } from '@/lib/decisions/propose'
import { approvedBefore } from '@/lib/decisions/resume'
import { asCaller } from '@/lib/gateway/agent-request'
import { resolveTool } from '@/lib/tools/tool'
import { noteRefused } from '@/lib/upstreams/note'
import { ROUND_REFUSALS } from '@/lib/upstreams/rounds'
import { decisionOf, notRun, withheldWords, wordsFor } from './answer'
import type { Answering } from './answering'
import { claimOrFollow } from './claim'
import { continued } from './continue'
import { keyOf, type Exchange } from './deps'
import { hold } from './hold'
import { joined } from './join'
import { isWithheld } from './list'
import { CODES, errorMessage, type Request } from './message'
import { runCall } from './run-call'
import { runOf } from './run-of'

const IN_USE =
  'A request of this id is still open in this session of the agent, or among its requests without one. Nothing has run. Call again with another id, or in a session of its own.'

/** What a request would do, as a proposal: the tool by its full name, and its arguments. */
export type Deed = {
  tool: string
  /** what is decided on */
  arguments: JsonObject
  /** the arguments as the client sent them */
  sent: JsonObject
  /** what the client says in another round of its call; null in the first */
  answered: { responses: JsonObject | null; state: string | null } | null
  /** what is forwarded for arguments that were decided on; `beside`: more parameters of the protocol's */
  withArguments: (args: JsonObject, beside?: JsonObject) => JsonObject
}

/**
 * Decides a request, waits for a person where one is asked, claims the grant, and only then runs it (C08, C18, C19). A halt, a disconnected
 * upstream or a client that has gone breaks it off.
 */
export async function callDecided(
  exchange: Exchange,
  message: Request,
  called: Deed,
  answering: Answering,
): Promise<void> {
  const { mcp, principal, upstream, session, reply, request } = exchange
  const { machines } = mcp
  const caller = asCaller(principal, 'mcp')
  const key = keyOf(exchange, message, session)
  if (key !== null && (mcp.open.has(key) || mcp.owed.has(key))) {
    // two of one id could be taken back, and answered, for each other (JSON-RPC 2.0 §4, MCP 2025-11-25 "Requests")
    await transaction((tx) => noteRefused(tx, principal.agentId, upstream, 'id_in_use'))
    answering.finish(errorMessage(message.id, CODES.invalid, IN_USE, { code: 'id_in_use' }))
    return
  }
  const stop = new AbortController()
  const gone = () => {
    if (!answering.ended) stop.abort('client_gone')
  }
  reply.raw.once('close', gone)
  if (key !== null) mcp.open.set(key, stop)
  try {
    const tool = resolveTool(called.tool)
    if (tool !== null && (await isWithheld(exchange, tool))) {
      await transaction((tx) => noteRefused(tx, principal.agentId, upstream, 'tool_changed'))
      answering.finish(notRun(message, request.headers, withheldWords(called.tool), { refused: 'tool_changed' }))
      return
    }
    const going = await continued(exchange, called)
    if ('refused' in going) {
      await transaction((tx) => noteRefused(tx, principal.agentId, upstream, going.refused))
      const words = `${ROUND_REFUSALS[going.refused]} Nothing has run. Call anew, without it.`
      answering.finish(errorMessage(message.id, CODES.params, words, { code: going.refused }))
      return
    }
    const { deed, round } = going
    // a hook has let the first round through, and nothing of the others
    const known = called.answered === null ? await joined(exchange, message, deed) : null
    if (known !== null) {
      await runCall(exchange, message, going, known.action, known.runId, answering, stop)
      return
    }
    // what the server asked, the run has read: its taint goes on with it
    const runId = round?.runId ?? (await runOf(exchange))
    const before = tool && (await approvedBefore(machines.connections, principal.agentId, tool, deed.arguments))
    const action =
      before === null
        ? await propose(
            machines,
            caller,
            judge(proposal, { tool: deed.tool, arguments: deed.arguments, run: { id: publicId('run', runId) } }),
            null,
          )
        : await claimOrFollow(exchange, before)
    const answered =
      action.status === 'held' || action.status === 'approved'
        ? await hold(exchange, action, answering, stop.signal)
        : action
    if (answered.grant === null) {
      answering.finish(notRun(message, request.headers, wordsFor(answered), decisionOf(answered)))
      return
    }
    await runCall(exchange, message, going, answered, runId, answering, stop)
  } catch (error) {
    // nothing was forwarded: what fails after that is answered where it is known
    if (!isFault(error)) {
      if (!answering.streams) throw error
      console.error('mcp:', error)
      answering.finish(refused(message, fault('internal')))
      return
    }
    // what is no proposal was never decided: it is noted apart
    if (error.code === 'invalid_request')
      await transaction((tx) => noteRefused(tx, principal.agentId, upstream, 'malformed_call'))
    answering.finish(refused(message, error), error.code === 'stop_only' && !answering.streams ? 403 : 200)
  } finally {
    if (key !== null && mcp.open.get(key) === stop) mcp.open.delete(key)
    reply.raw.off('close', gone)
  }
}

function refused(message: Request, error: Error & { code: string }): JsonObject {
  const code = error.code === 'invalid_request' ? CODES.params : CODES.internal
  return errorMessage(message.id, code, `${error.message} Nothing has run.`, { code: error.code })
}
