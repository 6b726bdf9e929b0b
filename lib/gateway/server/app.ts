import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { fault, toProblem } from '@/lib/core/fault'
import { counter, histogram } from '@/lib/core/metrics'
import { markRequest } from '@/lib/http/caller'
import { registerRoutes } from '@/lib/gateway/routes'
import { BODY_LIMIT, readBodies } from '@/lib/gateway/server/body'
import { commonHeaders, MACHINE_POLICY, pagePolicy } from '@/lib/gateway/server/headers'
import { registerHealth } from '@/lib/gateway/server/health'
import { isMachineUrl } from '@/lib/gateway/server/machine-urls'
import { answerProblems, sendProblem, type OnDefect } from '@/lib/gateway/server/problems'
import type { ReadinessCheck } from '@/lib/gateway/server/readiness'
import type { Settings } from '@/lib/gateway/server/settings'

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
  const app = fastify({
    serverFactory: (machine) => ownSocket(machine, options),
    forceCloseConnections: true,
    bodyLimit: BODY_LIMIT,
    genReqId: (request) => String(request.headers['x-request-id'] ?? newRequestId()),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 256 },
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
  readBodies(app)
  answerProblems(app, options.onDefect)
  registerHealth(app, options.checks)
  await registerRoutes(app, { settings: options.settings })
  return app
}

/** A slow or silent client holds a connection, never a request: headers in 10 s, the whole request in 30 s. */
const PATIENCE = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 65_000,
}

function ownSocket(machine: RequestListener, { settings, human }: AppOptions): Server {
  const https = settings.publicUrl.protocol === 'https:'
  const common = Object.entries(commonHeaders(https))
  return createServer({ ...PATIENCE, maxHeaderSize: 16_384 }, (request, response) => {
    for (const [name, value] of common) response.setHeader(name, value)
    // Ours, never the client's: it finds the line in the log.
    const id = newRequestId()
    request.headers['x-request-id'] = id
    response.setHeader('x-request-id', id)
    if (isMachineUrl(request.url ?? '/')) {
      response.setHeader('content-security-policy', MACHINE_POLICY)
      machine(request, response)
      return
    }
    markRequest(request)
    const policy = pagePolicy(randomBytes(16).toString('base64'), https)
    response.setHeader('content-security-policy', policy)
    // Next finds the nonce for its own tags in the request; what a client sends there is replaced.
    request.headers['content-security-policy'] = policy
    delete request.headers['content-security-policy-report-only']
    human(request, response)
  })
}

const newRequestId = () => `req_${randomUUID().replaceAll('-', '')}`

/** What is not HTTP, or came too slowly or too large to be: answered on the bare socket, then closed. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const refusal = error.code === 'HPE_HEADER_OVERFLOW' ? 'too_large' : 'invalid_request'
  const body = JSON.stringify(toProblem(fault(refusal)))
  const status = refusal === 'too_large' ? '431 Request Header Fields Too Large' : '400 Bad Request'
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\nconnection: close\r\n`
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}
