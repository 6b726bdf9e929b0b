import { fault } from '@/lib/core/fault'
import type { JsonObject } from '@/lib/core/json'
import { leftAtWork, type StdioProgram } from '@/lib/upstreams/stdio'
import type { Answering } from './answering'
import { raised } from './clean'
import type { Exchange } from './deps'
import type { Door } from './door'
import type { Message, Request } from './message'
import { wrapSession } from './session'
import { boundsOf, type Final } from './upstream'

/**
 * A request to a program on standard streams. `initialize` starts one for a session of its own; a client without sessions has one for all its
 * requests.
 * @throws Fault `not_found` for a session that is over; UpstreamError, or what the door refuses
 */
export async function bridged(
  exchange: Exchange,
  message: Request,
  body: JsonObject,
  answering: Answering,
  signal: AbortSignal,
  door: Door,
): Promise<Final> {
  const program = programOf(exchange, message, answering)
  const broken = new AbortController()
  // in the order it was said: what is still being judged holds back what comes after it
  let told = Promise.resolve()
  const on = (said: JsonObject) => {
    told = told.then(async () => {
      answering.event(raised(await door.admit(said), answering.raisedBy))
    })
    told.catch((error: unknown) => {
      broken.abort(error)
    })
  }
  door.forwarded = true
  try {
    const asked = AbortSignal.any([signal, broken.signal])
    const answer = await program.request(body, asked, boundsOf(exchange.mcp.limits), on)
    await told
    return { message: answer, status: 200 }
  } catch (error) {
    if (!broken.signal.aborted) throw error
    const { reason } = broken.signal as { reason: unknown }
    const left = leftAtWork(error)
    throw reason instanceof Error && left !== null ? Object.assign(reason, { left }) : reason
  }
}

/** A notification to a program, or its client's answer to what it asked. A cancelled call was broken off already. */
export function bridgeSilent(
  { mcp, principal, upstream, session }: Exchange,
  message: Exclude<Message, Request>,
): void {
  if (message.kind === 'notification' && message.method === 'notifications/cancelled') return
  const program =
    session === null
      ? mcp.programs.shared(principal.agentId, upstream)
      : mcp.programs.of(principal.agentId, upstream.id, session)
  if (program === null) throw over()
  program.notify(message.body)
}

function programOf(
  { mcp, principal, upstream, session }: Exchange,
  message: Request,
  answering: Answering,
): StdioProgram {
  if (message.method === 'initialize') {
    const begun = mcp.programs.begin(principal.agentId, upstream)
    answering.header('mcp-session-id', wrapSession(principal.agentId, upstream.id, begun.session))
    return begun.program
  }
  if (session === null) return mcp.programs.shared(principal.agentId, upstream)
  const program = mcp.programs.of(principal.agentId, upstream.id, session)
  if (program === null) throw over()
  return program
}

const over = () => fault('not_found', { detail: 'There is no such session any more. Begin another.' })
