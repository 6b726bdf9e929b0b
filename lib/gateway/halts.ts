import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { closing } from '@/lib/core/closing'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { judge } from '@/lib/core/judge'
import { gauge } from '@/lib/core/metrics'
import { db, transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { pathId, standingOf } from '@/lib/gateway/agent-request'
import { requireStanding } from '@/lib/gateway/credential'
import type { Gateway } from '@/lib/gateway/routes'
import { acknowledge } from '@/lib/halt/acknowledge'
import { acknowledgementInput } from '@/lib/halt/contract'
import { HaltHub, type HaltNews } from '@/lib/halt/hub'

const BEAT_MS = 15_000
/** A client that reads nothing is let go: it reconnects, and is told the present state. */
const MOST_UNREAD_BYTES = 64 * 1_024

const streams = gauge('countersign_halt_streams', 'Agents connected to the stream of halts.')

/** `/api/v1/halts`: hear of them, and say that one stopped (DESIGN §6). A stop-only token is enough (C32). */
export async function haltRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const hub = new HaltHub(pool('app'), (error) => {
    console.error('halts stream:', error)
  })
  app.addHook('onClose', () => {
    hub.close()
  })

  app.get('/api/v1/halts/stream', async (request, reply) => {
    const principal = await standingOf(gateway, request)
    const after = lastEventOf(request)
    const stands = () => requireStanding(db(), principal, gateway.now())
    await streamTo(hub, principal.agentId, after, reply, stands)
    return reply
  })

  app.post('/api/v1/halts/:id/acknowledgement', async (request) => {
    const { agentId } = await standingOf(gateway, request)
    const haltId = pathId(request, 'halt')
    const { runs } = judge(acknowledgementInput, request.body ?? {})
    await transaction((tx) => acknowledge(tx, agentId, haltId, runs))
    return { halt: publicId('halt', haltId), acknowledged_at: gateway.now().toISOString() }
  })
}

/** Server-sent events (WHATWG HTML §9.2), until the client goes, the server stops or the credential no longer stands. */
async function streamTo(
  hub: HaltHub,
  agentId: string,
  after: bigint | null,
  reply: FastifyReply,
  stands: () => Promise<void>,
): Promise<void> {
  const { raw } = reply
  let begun = false
  const write = (text: string) => {
    if (!begun) {
      begun = true
      reply.hijack()
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
    }
    if (raw.writableLength > MOST_UNREAD_BYTES) raw.destroy()
    else if (!raw.destroyed && !raw.writableEnded) raw.write(text)
  }
  const leave = await hub.join(
    agentId,
    after,
    (news) => {
      write(said(news))
    },
    () => raw.destroy(),
  )
  streams(hub.size)
  const beat = setInterval(() => {
    stands().then(
      () => {
        write(': beat\n\n')
      },
      () => raw.end(),
    )
  }, BEAT_MS)
  const end = () => raw.end()
  closing().addEventListener('abort', end)
  const over = () => {
    clearInterval(beat)
    closing().removeEventListener('abort', end)
    leave()
    streams(hub.size)
  }
  if (raw.destroyed) over()
  else raw.once('close', over)
}

function said({ event, epoch, data }: HaltNews): string {
  return `event: ${event}\nid: ${epoch}\ndata: ${JSON.stringify(data)}\n\n`
}

function lastEventOf(request: FastifyRequest): bigint | null {
  const id = request.headers['last-event-id']
  if (id === undefined || id === '') return null
  if (typeof id !== 'string' || !/^\d{1,18}$/.test(id))
    throw fault('invalid_request', { field: 'Last-Event-ID', detail: 'Send the id of the last event you saw.' })
  return BigInt(id)
}
