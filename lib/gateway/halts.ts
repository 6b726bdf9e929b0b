import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { judge } from '@/lib/core/judge'
import { pathId, standingOf } from '@/lib/gateway/agent-request'
import { HaltStreams } from '@/lib/gateway/halt-streams'
import type { Gateway } from '@/lib/gateway/routes'
import { acknowledgeOrRecord } from '@/lib/halt/acknowledge'
import { acknowledgementInput } from '@/lib/halt/contract'

/** `/api/v1/halts`: hear of them, and say that one stopped (DESIGN §6). A stop-only token is enough (C32). */
export async function haltRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const streams = new HaltStreams(gateway)
  app.addHook('onClose', () => {
    streams.close()
  })

  app.get('/api/v1/halts/stream', async (request, reply) => {
    const principal = await standingOf(gateway, request)
    await streams.open(principal, lastEventOf(request), reply)
    return reply
  })

  app.post('/api/v1/halts/:id/acknowledgement', async (request) => {
    const { agentId } = await standingOf(gateway, request)
    const haltId = pathId(request, 'halt')
    const { runs } = judge(acknowledgementInput, request.body ?? {})
    await acknowledgeOrRecord({ agentId, haltId, runs })
    return { halt: publicId('halt', haltId), acknowledged_at: gateway.now().toISOString() }
  })
}

function lastEventOf(request: FastifyRequest): bigint | null {
  const id = request.headers['last-event-id']
  if (id === undefined || id === '') return null
  if (typeof id !== 'string' || !/^\d{1,18}$/.test(id))
    throw fault('invalid_request', { field: 'Last-Event-ID', detail: 'Send the id of the last event you saw.' })
  return BigInt(id)
}
