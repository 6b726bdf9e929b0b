import type { FastifyRequest } from 'fastify'
import { POINT_PREFIX } from '@/lib/agents/enforcement-point'
import { pointHash, provePoint } from '@/lib/agents/prove-point'
import { agentOfPoint, agentsOfPoint, slugOf } from '@/lib/agents/read-points'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import type { Caller } from '@/lib/decisions/decide'
import { asCaller, machinesOf, standingOf } from '@/lib/gateway/agent-request'
import type { AgentPrincipal } from '@/lib/gateway/credential'
import type { Gateway } from '@/lib/gateway/routes'

/** Who asks over AuthZEN: an enforcement point, for the agents whose owners let it; or an agent, for itself. */
export type Asker = {
  /**
   * Whether what it says of subject and resource is read by conditions. An enforcement point is somebody else than the agent; an agent that could say of
   * itself that it is an administrator would be believed by the boundary, and its executor is never told.
   */
  vouches: boolean
  /** The agent a subject's id names (its slug), where this asker may ask for it; null for every other. */
  callerFor: (subjectId: string) => Promise<Caller | null>
  /** The agents it may ask for, by slug, after a slug. */
  agents: (after: string, most: number) => Promise<{ slug: string; caller: Caller }[]>
}

/**
 * The asker of a request, by its bearer token.
 * @throws Fault `unauthenticated`, `invalid_credential`, `too_many_requests`
 */
export async function askerOf(gateway: Gateway, request: FastifyRequest): Promise<Asker> {
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token?.startsWith(POINT_PREFIX) !== true) {
    // not only what decides asks for standing: a revoked credential's token reads, cancels and reports nothing either
    const principal = await standingOf(gateway, request)
    return agentAlone(principal, () => {
      machinesOf(gateway).rate.take(principal.agentId, gateway.now().getTime())
    })
  }
  const { points, rate } = machinesOf(gateway)
  const hash = pointHash(token)
  if (hash === undefined || (await points.recall((standing) => standing.has(hash) || undefined)) === undefined)
    throw unproven()
  // a point has a bucket of its own, and takes from that of each agent it asks for
  const take = (id: string) => {
    rate.take(id, gateway.now().getTime())
  }
  take(hash)
  const point = await provePoint(db(), token, gateway.now())
  if (point === null) throw unproven()
  const asCallerOf = ({ agentId, credentialId }: { agentId: string; credentialId: string }): Caller => ({
    agentId,
    credentialId,
    scope: 'act',
    channel: 'authzen',
  })
  return {
    vouches: true,
    async callerFor(slug) {
      const agent = await agentOfPoint(db(), point.id, slug)
      if (agent === null) return null
      take(agent.agentId)
      return asCallerOf(agent)
    },
    agents: async (after, most) =>
      (await agentsOfPoint(db(), point.id, after, most)).map((agent) => ({
        slug: agent.slug,
        caller: asCallerOf(agent),
      })),
  }
}

const unproven = () =>
  fault('invalid_credential', { detail: 'The token of this enforcement point was revoked, has ended, or is none.' })

function agentAlone(principal: AgentPrincipal, take: () => void): Asker {
  const caller = asCaller(principal, 'authzen')
  const own = () => slugOf(db(), principal.agentId)
  return {
    vouches: false,
    async callerFor(subjectId) {
      const itself = subjectId === publicId('agent', principal.agentId) || subjectId === (await own())
      // each evaluation of a request counts as one
      take()
      return itself ? caller : null
    },
    async agents(after) {
      const slug = await own()
      return slug === null || slug <= after ? [] : [{ slug, caller }]
    },
  }
}
