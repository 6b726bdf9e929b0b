import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Waiters } from '@/lib/decisions/wait'
import type { Machines } from '@/lib/gateway/agent-request'
import type { AgentPrincipal } from '@/lib/gateway/credential'
import type { Gateway } from '@/lib/gateway/routes'
import type { Connected } from '@/lib/upstreams/read'
import type { RunningPrograms } from '@/lib/upstreams/running-programs'
import type { Admission } from './admission'
import type { RunningCalls } from './halted'
import { isStateless, type Request, type RequestId } from './message'
import type { Owed } from './owed'
import type { Limits } from './upstream'

/** What the requests of one server share. */
export type McpGateway = {
  gateway: Gateway
  machines: Machines
  waiters: Waiters
  running: RunningCalls
  programs: RunningPrograms
  /** how much is open at a time */
  admission: Admission
  /** calls that wait or run here, by agent, session and the id of their request: `notifications/cancelled` finds them */
  open: Map<string, AbortController>
  /** answers that may come on another stream than they were asked on */
  owed: Owed
  /** what an upstream may do with one request */
  limits: Limits
  /** how long a call waits for a person before it is given back, in milliseconds */
  holdMs: number
  /** how often a waiting call is told that it goes on, in milliseconds */
  stepMs: number
}

/** One request of an agent to an upstream. */
export type Exchange = {
  mcp: McpGateway
  principal: AgentPrincipal
  upstream: Connected
  /** the upstream's own session id */
  session: string | null
  request: FastifyRequest
  reply: FastifyReply
}

/** Whom a message of an upstream concerns. */
export type Party = Pick<Exchange, 'mcp' | 'principal' | 'upstream'>

/** Where a call is found while it is open. */
export const openKey = (agentId: string, upstreamId: string, session: string | null, id: RequestId): string =>
  JSON.stringify([agentId, upstreamId, session, id])

/**
 * Where a request is found while it is open; null of a revision without sessions, in which every process counts its ids by itself, takes nothing
 * back but by closing its connection, and resumes nothing (MCP 2026-07-28).
 */
export const keyOf = ({ principal, upstream, request }: Exchange, message: Request, session: string | null) =>
  isStateless(message.params, request.headers) ? null : openKey(principal.agentId, upstream.id, session, message.id)
