import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault, isFault, toProblem } from '@/lib/core/fault'
import { gauge } from '@/lib/core/metrics'
import { db, transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { Waiters } from '@/lib/decisions/wait'
import { callerOf, machinesOf } from '@/lib/gateway/agent-request'
import type { Gateway } from '@/lib/gateway/routes'
import { isServerName } from '@/lib/tools/tool'
import { closeConnections } from '@/lib/upstreams/call'
import { noteRefused } from '@/lib/upstreams/note'
import { connectedUpstream } from '@/lib/upstreams/read'
import { RunningPrograms } from '@/lib/upstreams/running-programs'
import { Admission } from './admission'
import type { Exchange, McpGateway } from './deps'
import { RunningCalls } from './halted'
import { listen } from './listen'
import { CODES, errorMessage, readMessage, type Malformed } from './message'
import { metadataRoutes, resourceOf, challenge } from './metadata'
import { Owed } from './owed'
import { answerMessage } from './post'
import { unwrapSession } from './session'
import { LIMITS } from './upstream'

const HOLD_MS = 4 * 60_000
const STEP_MS = 10_000
/** What may be open on this replica at a time: calls that run or wait for a person, and streams that are listened to. */
const MOST_OPEN = { ofAgent: 32, inAll: 2_000 }

const open = gauge('countersign_mcp_calls', 'Calls that run at upstream servers now.')

/**
 * `ALL /mcp/{server}`: a proxy for MCP's streamable HTTP, of the revisions with sessions and without (ADR 0046). Every message is read and judged
 * here, and what is forwarded is written anew from what was judged.
 */
export async function mcpRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const machines = machinesOf(gateway)
  const mcp: McpGateway = {
    gateway,
    machines,
    waiters: new Waiters(machines.now),
    running: new RunningCalls(pool('app'), (error) => {
      console.error('mcp halts:', error)
    }),
    programs: new RunningPrograms(gateway.settings.dataFolder),
    admission: new Admission(MOST_OPEN),
    open: new Map(),
    owed: new Owed(),
    limits: { ...LIMITS, ...gateway.settings.mcp?.limits },
    holdMs: gateway.settings.mcp?.holdMs ?? HOLD_MS,
    stepMs: gateway.settings.mcp?.stepMs ?? STEP_MS,
  }
  app.addHook('onClose', () => {
    mcp.waiters.close()
    mcp.running.close()
    mcp.owed.close()
    mcp.programs.close()
    closeConnections()
  })
  app.setErrorHandler((error, request, reply) => sendRefusal(gateway, error, request, reply))
  metadataRoutes(app, gateway)

  app.post('/mcp/:server', async (request, reply) => {
    const exchange = await exchangeOf(mcp, request, reply)
    const message = readMessage(request.body as Parameters<typeof readMessage>[0], request.headers)
    if ('malformed' in message) return refuse(exchange, message.malformed)
    // what takes a call back is heard however many are open
    if (message.kind === 'request') await admitted(exchange, () => answerMessage(exchange, message))
    else await answerMessage(exchange, message)
    open(mcp.running.size)
    return reply
  })
  app.get('/mcp/:server', async (request, reply) => {
    const exchange = await exchangeOf(mcp, request, reply)
    await admitted(exchange, () => listen(exchange))
    return reply
  })
  app.delete('/mcp/:server', async (request, reply) => {
    await listen(await exchangeOf(mcp, request, reply))
    return reply
  })
  await Promise.resolve()
}

/** Who asks what: the agent, the connected upstream, the session. @throws Fault */
async function exchangeOf(mcp: McpGateway, request: FastifyRequest, reply: FastifyReply): Promise<Exchange> {
  const { gateway } = mcp
  const { origin } = request.headers
  // MCP 2025-11-25, "Security Warning": a page of somebody else's must not reach a server through a browser
  if (origin !== undefined && origin !== gateway.issuer())
    throw fault('cross_site', { detail: 'A browser sent this from another site.' })
  const { server = '' } = request.params as { server?: string } // the route's pattern has one
  const principal = await callerOf(gateway, request, resourceOf(gateway.issuer(), server))
  const upstream = isServerName(server) ? await connectedUpstream(db(), server) : null
  if (upstream === null) throw fault('not_found', { detail: 'No server of this name is connected.' })
  const given = request.headers['mcp-session-id']
  if (given === undefined) return { mcp, principal, upstream, session: null, request, reply }
  const session = typeof given === 'string' ? unwrapSession(principal.agentId, upstream.id, given) : null
  if (session === null) throw fault('not_found', { detail: 'There is no such session. Begin another.' })
  return { mcp, principal, upstream, session, request, reply }
}

/** Answers within what one agent, and all of them, may have open at a time. @throws Fault `too_many_requests`, where it is more */
async function admitted({ mcp, principal }: Exchange, answer: () => Promise<void>): Promise<void> {
  const leave = mcp.admission.enter(principal.agentId)
  try {
    await answer()
  } finally {
    leave()
  }
}

/** Refuses a message that is none, and notes it. */
export async function refuse({ principal, upstream, reply }: Exchange, malformed: Malformed): Promise<FastifyReply> {
  const { code, text, label, id } = malformed
  await transaction((tx) => noteRefused(tx, principal.agentId, upstream, label))
  return reply
    .code(400)
    .type('application/json')
    .send(JSON.stringify(errorMessage(id, code, text)))
}

/** A refusal, as clients of the protocol read it: a JSON-RPC error under the status of HTTP; a 401 says where tokens come from (RFC 9728 §5.1). */
function sendRefusal(gateway: Gateway, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = isFault(error) ? error : translated(error)
  if (known.code === 'internal') console.error('mcp:', error)
  const problem = toProblem(known, request.id)
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(known.retryAfterSeconds))
  const { server = '' } = request.params as { server?: string } // the route's pattern has one
  if (problem.status === 401) reply.header('www-authenticate', challenge(gateway.issuer(), server, known.code))
  const code = known.code === 'invalid_json' ? CODES.parse : CODES.invalid
  const body = errorMessage(null, code, problem.detail ?? problem.title, { code: problem.code })
  return reply.code(problem.status).type('application/json').send(JSON.stringify(body))
}

function translated(error: unknown) {
  const { code } = error as { code?: unknown }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return fault('too_large')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return fault('unsupported_media_type')
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return fault('invalid_json')
  return fault('internal', { cause: error })
}
