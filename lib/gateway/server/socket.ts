import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fault, toProblem, type FaultCode } from '@/lib/core/fault'
import { commonHeaders, DATA_POLICY, MACHINE_POLICY, pagePolicy } from '@/lib/gateway/server/headers'
import { isMachineUrl } from '@/lib/gateway/server/machine-urls'
import { markRequest } from '@/lib/http/caller'

/** A slow or silent client holds a connection, never a request: headers in 10 s, the whole request in 30 s. */
const PATIENCE = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 65_000,
}
const MAX_HEADER_BYTES = 16_384

export type SocketOptions = {
  /** Whether PUBLIC_URL is https. */
  https: boolean
  /** How many proxies of ours stand in front. */
  proxies: number
  /** Answers machine URLs: Fastify. */
  machine: RequestListener
  /** Answers everything else: Next. */
  human: (request: IncomingMessage, response: ServerResponse) => void
}

/** The server under both halves: it gives every request its id and every answer its headers, then hands it on. */
export function ownSocket({ https, proxies, machine, human }: SocketOptions): Server {
  const common = Object.entries(commonHeaders(https))
  return createServer({ ...PATIENCE, maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    for (const [name, value] of common) response.setHeader(name, value)
    // Ours, never the client's: it finds the line in the log.
    const asked = request.headers['x-request-id']
    const id = newRequestId()
    request.headers['x-request-id'] = id
    // what the client called it, for the one protocol that says it back (AuthZEN 1.0 §10.1)
    if (asked === undefined) delete request.headers['x-client-request-id']
    else request.headers['x-client-request-id'] = asked
    response.setHeader('x-request-id', id)
    if (isMachineUrl(request.url ?? '/')) {
      response.setHeader('content-security-policy', MACHINE_POLICY)
      machine(request, response)
      return
    }
    markRequest(request, proxies)
    const policy = pagePolicy(randomBytes(16).toString('base64'), https)
    // set here and not by the handler: Next keeps what was there before
    response.setHeader('content-security-policy', request.url?.startsWith('/api/') ? DATA_POLICY : policy)
    // Next finds the nonce for its own tags in the request; what a client sends there is replaced.
    request.headers['content-security-policy'] = policy
    delete request.headers['content-security-policy-report-only']
    human(request, response)
  })
}

export const newRequestId = () => `req_${randomUUID().replaceAll('-', '')}`

const DRAIN_MS = 5_000

/** Takes no new connection and returns once every answer under way is written, or after five seconds. */
export async function drain(server: Server): Promise<void> {
  let open = true
  server.close(() => (open = false))
  const giveUp = Date.now() + DRAIN_MS
  while (open && Date.now() < giveUp) {
    server.closeIdleConnections()
    await sleep(10)
  }
  server.closeAllConnections()
}

/**
 * What is not HTTP, or came too slowly or too large to be: answered on the bare socket, then closed. A connection on which nothing came
 * is closed without a word: browsers open some in advance, and would take an answer there for the one to their first request.
 */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) {
    socket.destroy()
    return
  }
  const { code, status } = MALFORMED[error.code ?? ''] ?? { code: 'invalid_request', status: '400 Bad Request' }
  const body = JSON.stringify({ ...toProblem(fault(code)), status: Number(status.slice(0, 3)) })
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\nconnection: close\r\n`
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

/** 408 is also what lets a client that was only late send its request again (RFC 9110 §15.5.9). */
const MALFORMED: Readonly<Record<string, { code: FaultCode; status: string }>> = {
  HPE_HEADER_OVERFLOW: { code: 'too_large', status: '431 Request Header Fields Too Large' },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'invalid_request', status: '408 Request Timeout' },
}
