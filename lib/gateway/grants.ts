import type { FastifyInstance } from 'fastify'
import { judge } from '@/lib/core/judge'
import { introspectionInput } from '@/lib/decisions/contract'
import { introspect } from '@/lib/decisions/introspect'
import { actingOf, machinesOf } from '@/lib/gateway/agent-request'
import type { Gateway } from '@/lib/gateway/routes'

/**
 * `POST /api/v1/grants/introspect` (C19). An executor is a principal like any other: it comes with an access token of its own, or
 * is the very agent the grant was given to. Holding the grant is what counts; the token only says who asks, keeps strangers
 * out and their rate bounded. A person's token reads, and consuming is no reading: it is refused like any unknown one.
 */
export async function grantRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  app.post('/api/v1/grants/introspect', async (request) => {
    await actingOf(gateway, request)
    return introspect(machinesOf(gateway).connections, judge(introspectionInput, request.body))
  })
}
