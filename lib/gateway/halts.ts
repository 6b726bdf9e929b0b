import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fault } from '@/lib/core/fault'
import { ID_PREFIXES, publicId } from '@/lib/core/ids'
import { judge } from '@/lib/core/judge'
import { pathId, standingOf } from '@/lib/gateway/agent-request'
import { HaltStreams } from '@/lib/gateway/halt-streams'
import type { Gateway } from '@/lib/gateway/routes'
import { acknowledgeOrRecord } from '@/lib/halt/acknowledge'
import { confirmDrillOrRefuse } from '@/lib/halt/confirm-drill'
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
    const { runs, requested_at: requestedAt } = judge(acknowledgementInput, request.body ?? {})
    // a rehearsal is acknowledged as a halt is
    const drill = (request.params as { id?: string }).id?.startsWith(`${ID_PREFIXES.drill}_`) === true
    const id = pathId(request, drill ? 'drill' : 'halt')
    const word = {
      agentId,
      haltId: id,
      runs,
      requestedAt: requestedAt === undefined ? undefined : new Date(requestedAt),
    }
    await (drill ? confirmDrillOrRefuse(agentId, id, runs) : acknowledgeOrRecord(word))
    return { halt: publicId(drill ? 'drill' : 'halt', id), acknowledged_at: gateway.now().toISOString() }
  })
}

function lastEventOf(request: FastifyRequest): bigint | null {
  const id = request.headers['last-event-id']
  if (id === undefined || id === '') return null
  if (typeof id !== 'string' || !/^\d{1,18}$/.test(id))
    throw fault('invalid_request', { field: 'Last-Event-ID', detail: 'Send the id of the last event you saw.' })
  return BigInt(id)
}
