import type { FastifyInstance } from 'fastify'
import { gauge, metricsText } from '@/lib/core/metrics'
import { closing } from '@/lib/core/closing'
import { pool } from '@/lib/db/pool'
import { runChecks, type Check, type ReadinessCheck } from '@/lib/gateway/server/readiness'

const memory = gauge('countersign_memory_bytes', 'Resident memory of the process.')
const connections = gauge('countersign_database_connections', 'Connections of each pool, by what they are doing.')
const uptime = gauge('countersign_uptime_seconds', 'Seconds since the process started.')

/** `/api/health` (this process answers), `/api/ready` (it can decide), `/metrics` (DESIGN §6). */
export function registerHealth(app: FastifyInstance, checks: Readonly<Record<string, ReadinessCheck>>): void {
  app.get('/api/health', () => ({ status: 'ok' }))

  // Whoever asks meanwhile is told the same: anybody may ask, and the connections are those a halt goes through.
  let running: Promise<Check[]> | undefined
  const check = () =>
    (running ??= runChecks(checks, pool('reserved'), new Date()).finally(() => {
      running = undefined
    }))

  app.get('/api/ready', async (_request, reply) => {
    const results = [...(await check())]
    if (closing().aborted) results.push({ name: 'closing', ok: false })
    const ready = results.every(({ ok }) => ok)
    reply.header('cache-control', 'no-store')
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready', checks: results })
  })

  app.get('/metrics', (_request, reply) => {
    memory(process.memoryUsage.rss())
    uptime(process.uptime())
    for (const name of ['app', 'reserved', 'sequencer', 'jobs'] as const) {
      const { totalCount, idleCount, waitingCount } = pool(name)
      connections(totalCount - idleCount, { pool: name, state: 'busy' })
      connections(idleCount, { pool: name, state: 'idle' })
      connections(waitingCount, { pool: name, state: 'waiting' })
    }
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText())
  })
}
