import type { FastifyRequest } from 'fastify'
import type { Channel } from '@/lib/agents/channel'
import { pointsStanding } from '@/lib/agents/prove-point'
import { hookTokensStanding } from '@/lib/agents/read-hook-tokens'
import { parsePublicId, type IdKind } from '@/lib/core/ids'
import { fault } from '@/lib/core/fault'
import { Kept } from '@/lib/core/kept'
import { counter } from '@/lib/core/metrics'
import { db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { Decider, type Caller } from '@/lib/decisions/decide'
import type { ClaimContext } from '@/lib/decisions/claim'
import { requireAct, requireStanding, type AgentPrincipal } from '@/lib/gateway/credential'
import { RateLimit } from '@/lib/gateway/rate'
import type { Gateway } from '@/lib/gateway/routes'
import { stopsAgent } from '@/lib/halt/halt'
import { haltsFor } from '@/lib/halt/read'

const refused = counter('countersign_credentials_refused_total', 'Requests whose access token was not accepted.')

/**
 * What the routes of one server share: one decider with its memory, one bucket an agent. `points` and `hooks`: the opaque tokens that stand, by hash, so that
 * a flood of guesses costs the database a few readings a second, and no lookup each.
 */
export type Machines = ClaimContext & {
  rate: RateLimit
  points: Kept<ReadonlySet<string>>
  hooks: Kept<ReadonlySet<string>>
}

/** However many guesses come, the tokens that stand are read no more often than this, in milliseconds. */
const KEPT_MS = 250

const made = new WeakMap<Gateway, Machines>()

/** The decider of a gateway; every protocol of it decides through the same one. */
export function machinesOf(gateway: Gateway): Machines {
  const known = made.get(gateway)
  if (known) return known
  const connections = pool('app')
  const publicUrl = () => gateway.settings.publicUrl
  const now = () => gateway.now().getTime()
  const machines = {
    decider: new Decider({ connections, publicUrl, now }),
    connections,
    publicUrl,
    now,
    rate: new RateLimit(),
    points: new Kept(() => pointsStanding(db(), gateway.now()), KEPT_MS),
    hooks: new Kept(() => hookTokensStanding(db(), gateway.now()), KEPT_MS),
  }
  made.set(gateway, machines)
  return machines
}

/**
 * The agent behind a request, within its rate. Nothing is asked of the database yet: decide() asks by itself.
 * @param resource what is asked, where tokens may be for it alone (RFC 8707)
 * @throws Fault `unauthenticated`, `invalid_credential`, `too_many_requests`
 */
export async function callerOf(gateway: Gateway, request: FastifyRequest, resource?: string): Promise<AgentPrincipal> {
  const principal = await gateway
    .authenticate(request.headers.authorization, gateway.now(), resource)
    .catch((error: unknown) => {
      // counted, never logged per try (DESIGN §4)
      refused()
      throw error
    })
  machinesOf(gateway).rate.take(principal.agentId, gateway.now().getTime())
  return principal
}

/** An agent whose credential stands: enough to hear of halts, acknowledge them and report outcomes. */
export async function standingOf(gateway: Gateway, request: FastifyRequest): Promise<AgentPrincipal> {
  const principal = await callerOf(gateway, request)
  await requireStanding(db(), principal, gateway.now())
  return principal
}

/**
 * An agent that may act now: its token says so, its credential stands, and no halt covers it, whatever its token said when it
 * was given (C32). @throws Fault `stop_only`
 */
export async function actingOf(gateway: Gateway, request: FastifyRequest): Promise<AgentPrincipal> {
  const principal = await callerOf(gateway, request)
  await requireActing(gateway, principal)
  return principal
}

/** The same for an agent that is known already. @throws Fault `invalid_credential`, `stop_only` */
export async function requireActing(gateway: Gateway, principal: AgentPrincipal): Promise<void> {
  await requireStanding(db(), principal, gateway.now())
  requireAct(principal)
  // a halt of one run or one tool leaves the agent the rest: what it covers is refused where it is done
  if ((await haltsFor(db(), principal.agentId)).some(({ scope }) => stopsAgent(scope)))
    throw fault('stop_only', { detail: 'A halt is in force for this agent.' })
}

/** The caller as decisions know it. @param channel by which door it came, where that is not the native API (ADR 0043) */
export function asCaller({ agentId, credentialId, scope }: AgentPrincipal, channel?: Channel): Caller {
  return { agentId, credentialId, scope, ...(channel !== undefined && { channel }) }
}

/** The bare id in the path. @throws Fault `invalid_id` naming `id` */
export function pathId(request: FastifyRequest, kind: IdKind): string {
  const { id } = request.params as { id?: string } // the route's pattern has one
  return parsePublicId(kind, id ?? '', 'id')
}
