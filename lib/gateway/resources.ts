import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { judge } from '@/lib/core/judge'
import { transaction } from '@/lib/db/client'
import { standingOf } from '@/lib/gateway/agent-request'
import { RateLimit } from '@/lib/gateway/rate'
import type { Gateway } from '@/lib/gateway/routes'
import { firingInput, versionInput } from '@/lib/resources/contract'
import { fireResource } from '@/lib/resources/fire'
import { reportVersion } from '@/lib/resources/report-version'

/** Reports a second, and at once, that one reporter may send to one replica: each is an entry of the ledger. */
const REPORTS_PER_SECOND = 2
const REPORTS_AT_ONCE = 120

/**
 * `/api/v1/resources/{type}/{id}`: a protected resource fired, or another version of it is in force. Reporting goes on under a
 * halt: what happened is always recorded.
 */
export async function resourceRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const rate = new RateLimit(REPORTS_PER_SECOND, REPORTS_AT_ONCE)

  app.post('/api/v1/resources/:type/:id/firings', async (request) => {
    const { agentId } = await reporterOf(request)
    const firing = judge(firingInput, request.body)
    const resource = resourceOf(request)
    const { id, recorded } = await transaction((db) => fireResource(db, agentId, resource, firing, gateway.now()))
    return { id: publicId('entry', id), recorded }
  })

  app.post('/api/v1/resources/:type/:id/versions', async (request) => {
    const { agentId } = await reporterOf(request)
    const version = judge(versionInput, request.body)
    const resource = resourceOf(request)
    const { id } = await transaction((db) => reportVersion(db, agentId, resource, version, gateway.now()))
    return { id: publicId('entry', id) }
  })

  async function reporterOf(request: FastifyRequest) {
    const principal = await standingOf(gateway, request)
    rate.take(principal.agentId, gateway.now().getTime())
    return principal
  }
}

function resourceOf(request: FastifyRequest): { type: string; name: string } {
  const { type = '', id = '' } = request.params as { type?: string; id?: string } // the route's pattern has both
  if (type.length > 128 || id.length > 512) throw fault('not_found')
  return { type, name: id }
}
