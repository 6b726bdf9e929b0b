import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import tls from 'node:tls'
import { Webhook } from 'standardwebhooks'

/** What a receiver got: the headers and the body of one request. */
export type Got = { headers: http.IncomingHttpHeaders; body: string; path: string }

/** How it answers a request: `hang` never, `slow` by a byte a second; `after` so many milliseconds. */
export type Answering =
  { status: number; headers?: Record<string, string>; body?: string; after?: number } | 'hang' | 'slow' | 'reset'

/**
 * A real HTTP receiver on a port of this machine. `answer` decides, request by request, and may be replaced; what was answered
 * with 2xx is `taken`, in the order in which it was answered. For tests.
 */
export async function httpReceiver(answer: (got: Got, n: number) => Answering = () => ({ status: 204 }), port = 0) {
  const receiver = { answer, got: [] as Got[], taken: [] as Got[], most: 0, port: 0, stop: async () => {} }
  let now = 0
  const server = http.createServer((request, response) => {
    now += 1
    receiver.most = Math.max(receiver.most, now)
    response.on('close', () => (now -= 1))
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const got = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8'), path: request.url ?? '' }
      receiver.got.push(got)
      const said = receiver.answer(got, receiver.got.length)
      if (said === 'hang') return
      if (said === 'reset') return void request.socket.resetAndDestroy()
      if (said === 'slow') {
        response.writeHead(200)
        const drip = setInterval(() => response.write('.'), 50)
        response.on('close', () => {
          clearInterval(drip)
        })
        return
      }
      if (said.status >= 200 && said.status < 300) receiver.taken.push(got)
      setTimeout(() => response.writeHead(said.status, said.headers).end(said.body), said.after ?? 0)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  receiver.port = (server.address() as AddressInfo).port
  receiver.stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
      server.closeAllConnections()
    })
  return receiver
}

/** The indexes of webhooks, in order, each checked by the Standard Webhooks project's own verifier. @throws when one is not signed right */
export function verifiedIndexes(taken: readonly Got[], secret: string): number[] {
  const verifier = new Webhook(secret)
  return taken.flatMap(({ headers, body }) => {
    const event = verifier.verify(body, headers as Record<string, string>) as Event | Event[]
    return [event].flat().map(({ data }) => data.index)
  })
}
type Event = { data: { index: number } }

/**
 * A real syslog receiver that reads octet counting (RFC 6587 §3.4.1), over TCP or TLS: `messages` in order. `reads: false` accepts
 * and closes at once, as a load balancer does that has nobody behind it. For tests.
 */
export async function syslogReceiver(
  options: { tls?: tls.TlsOptions; reads?: boolean; closes?: boolean; port?: number } = {},
) {
  const receiver = { messages: [] as string[], connections: 0, port: 0, stop: async () => {} }
  const sockets = new Set<net.Socket>()
  const onSocket = (socket: net.Socket) => {
    receiver.connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    if (options.reads === false) return void socket.end()
    let rest = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      for (;;) {
        const blank = rest.indexOf(' ')
        const length = Number(rest.subarray(0, blank).toString('ascii'))
        if (blank < 1 || rest.length < blank + 1 + length) return
        receiver.messages.push(rest.subarray(blank + 1, blank + 1 + length).toString('utf8'))
        rest = rest.subarray(blank + 1 + length)
      }
    })
    socket.on('end', () => {
      if (options.closes !== false) socket.end()
    })
  }
  const server = options.tls
    ? tls.createServer({ ...options.tls, allowHalfOpen: true }, onSocket)
    : net.createServer({ allowHalfOpen: true }, onSocket)
  server.on('tlsClientError', () => undefined)
  // also those whose handshake failed, which no other event tells of
  server.on('connection', (raw: net.Socket) => sockets.add(raw))
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  receiver.port = (server.address() as AddressInfo).port
  receiver.stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
      for (const socket of sockets) socket.destroy()
    })
  return receiver
}
