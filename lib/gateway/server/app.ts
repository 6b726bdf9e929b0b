import type { IncomingMessage, ServerResponse } from 'node:http'
import fastify, { type FastifyInstance } from 'fastify'
import { fault } from '@/lib/core/fault'
import { counter, histogram } from '@/lib/core/metrics'
import { registerRoutes } from '@/lib/gateway/routes'
import { BODY_LIMIT, readBodies } from '@/lib/gateway/server/body'
import { registerHealth } from '@/lib/gateway/server/health'
import { answerProblems, sendProblem, type OnDefect } from '@/lib/gateway/server/problems'
import type { ReadinessCheck } from '@/lib/gateway/server/readiness'
import type { Settings } from '@/lib/gateway/server/settings'
import { drain, newRequestId, ownSocket, refuseMalformed } from '@/lib/gateway/server/socket'

export type AppOptions = {
  settings: Settings
  checks: Readonly<Record<string, ReadinessCheck>>
  /** Answers everything that is not a machine's: Next. */
  human: (request: IncomingMessage, response: ServerResponse) => void
  onDefect: OnDefect
}

const requests = counter('countersign_requests_total', 'Answers to machines, by route and status.')
const durations = histogram('countersign_request_seconds', 'Time to answer a machine, by route.')

/** The one server of the process: it owns the socket, answers machines itself and hands people to Next (DESIGN §3). */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { settings } = options
  const { proxies = 0 } = settings
  const app = fastify({
    serverFactory: (machine) =>
      ownSocket({
        https: settings.publicUrl.protocol === 'https:',
        proxies,
        machine,
        human: options.human,
      }),
    trustProxy: proxies > 0 && ((_address: string, hop: number) => hop < proxies),
    forceCloseConnections: true,
    bodyLimit: BODY_LIMIT,
    genReqId: (request) => String(request.headers['x-request-id'] ?? newRequestId()),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 2_048 },
    logger: false,
    frameworkErrors: (_error, _request, reply) => void sendProblem(reply, fault('not_found')),
    clientErrorHandler: refuseMalformed,
  })
  app.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, not its address: a label must come from a closed list.
    const route = request.routeOptions.url ?? 'unknown'
    requests({ route, method: request.method, status: `${reply.statusCode}` })
    durations(reply.elapsedTime / 1000, { route })
    done()
  })
  // Answers under way are finished before Fastify closes what is left of the connections.
  app.addHook('preClose', () => drain(app.server))
  readBodies(app)
  answerProblems(app, options.onDefect)
  registerHealth(app, options.checks)
  await registerRoutes(app, { settings, onDefect: options.onDefect })
  return app
}
