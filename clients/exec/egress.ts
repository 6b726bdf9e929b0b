import dns from 'node:dns/promises'
import http from 'node:http'
import net from 'node:net'
import { pipeline } from 'node:stream'
import { allowsHost, ownAddresses, refusesAddress } from './hosts'

/** Where a command asked to go, and whether it was let: `host:port`. */
export type Reached = { host: string; let: boolean }

/** A proxy through which a command reaches what its boundary names, and nothing else. */
export type Egress = { port: number; reached: () => Reached[]; close: () => Promise<void> }

const CONNECT_MS = 15_000
const MOST_REMEMBERED = 100
/** the longest name there is (RFC 1035 §2.3.4); the command chooses what it asks for, and it must fit into an outcome */
const LONGEST_NAME = 253

/**
 * Starts an HTTP proxy (CONNECT and absolute-form requests, RFC 9110 §9.3.6, RFC 9112 §3.2.2) that holds a command to a list of hosts. It
 * resolves names itself and connects to the very address it looked at. What is not on the list is answered 403, in words.
 * @param at a Unix socket beside the port of this machine, for a sandbox without a network
 */
export async function startEgress(hosts: readonly string[], at?: string): Promise<Egress> {
  const reached: Reached[] = []
  const open = new Set<net.Socket>()
  const note = (name: string, port: number, allowed: boolean) => {
    const host = `${name.slice(0, LONGEST_NAME)}:${String(port)}`
    if (reached.length < MOST_REMEMBERED && !reached.some((each) => each.host === host && each.let === allowed))
      reached.push({ host, let: allowed })
  }
  const reach = async (name: string, port: number): Promise<net.Socket> => {
    const allowed = allowsHost(hosts, name, port)
    if (!allowed) {
      note(name, port, false)
      throw new Error(`${name}:${String(port)} is not a host that the signed boundary names.`)
    }
    const found = net.isIP(name) ? [{ address: name }] : await dns.lookup(name, { all: true })
    const own = ownAddresses()
    const address = found.map((each) => each.address).find((each) => !refusesAddress(each, name.toLowerCase(), own))
    note(name, port, address !== undefined)
    if (address === undefined) throw new Error(`${name} leads to an address that is never reached from a sandbox.`)
    return connected(address, port, open)
  }
  const listener = (request: http.IncomingMessage, response: http.ServerResponse) => {
    void forward(request, response, reach)
  }
  const servers = [http.createServer(listener), ...(at === undefined ? [] : [http.createServer(listener)])]
  for (const server of servers) {
    server.on('connection', (socket: net.Socket) => {
      held(socket, open)
    })
    server.on('connect', (request: http.IncomingMessage, client: net.Socket, head: Buffer) => {
      client.on('error', () => client.destroy())
      void tunnel(request.url ?? '', client, head, reach)
    })
  }
  const [own, inside] = servers
  await new Promise<void>((resolve, reject) => own?.once('error', reject).listen(0, '127.0.0.1', resolve))
  if (inside) await new Promise<void>((resolve, reject) => inside.once('error', reject).listen(at, resolve))
  const address = own?.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    reached: () => [...reached],
    close: async () => {
      for (const socket of open) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

type Reach = (name: string, port: number) => Promise<net.Socket>

function held(socket: net.Socket, open: Set<net.Socket>): void {
  open.add(socket)
  socket.once('close', () => open.delete(socket))
}

function connected(address: string, port: number, open: Set<net.Socket>): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: address, port })
    held(socket, open)
    const failed = (error: Error) => {
      socket.destroy()
      reject(error)
    }
    socket.setTimeout(CONNECT_MS, () => {
      failed(new Error('It does not answer.'))
    })
    socket.once('error', failed)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', failed)
      resolve(socket)
    })
  })
}

async function tunnel(target: string, client: net.Socket, head: Buffer, reach: Reach): Promise<void> {
  const parsed = /^(\[[0-9a-fA-F:.]+\]|[^:\s]+):([0-9]{1,5})$/.exec(target)
  try {
    if (!parsed) throw new Error('CONNECT takes host:port.')
    const upstream = await reach((parsed[1] ?? '').replace(/^\[|\]$/g, ''), Number(parsed[2]))
    upstream.on('error', () => client.destroy())
    // it may have gone while it was being reached, and says so once
    if (client.destroyed) return void upstream.destroy()
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) upstream.write(head)
    upstream.pipe(client)
    client.pipe(upstream)
  } catch (error) {
    const text = `countersign exec: ${error instanceof Error ? error.message : 'refused'}\n`
    client.end(
      `HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: ${String(Buffer.byteLength(text))}\r\nConnection: close\r\n\r\n${text}`,
    )
  }
}

/** What is between two neighbours alone (RFC 9110 §7.6.1), with what `Connection` names. */
const HOP = [
  ...['proxy-authorization', 'proxy-authenticate', 'proxy-connection', 'connection', 'keep-alive', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade'],
]

function endToEnd(headers: http.IncomingHttpHeaders): http.IncomingHttpHeaders {
  const named = (headers.connection ?? '').toLowerCase().split(/[\s,]+/)
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP.includes(name) && !named.includes(name)))
}

async function forward(request: http.IncomingMessage, response: http.ServerResponse, reach: Reach): Promise<void> {
  try {
    const url = new URL(request.url ?? '')
    if (url.protocol !== 'http:') throw new Error('Only http: is forwarded; https: goes through CONNECT.')
    const port = Number(url.port || 80)
    const socket = await reach(url.hostname.replace(/^\[|\]$/g, ''), port)
    if (request.socket.destroyed) return void socket.destroy()
    const passed = http.request({
      createConnection: () => socket,
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...endToEnd(request.headers), host: url.host, connection: 'close' },
    })
    passed.once('response', (answer) => {
      try {
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers))
        // an answer that breaks off breaks off here, too
        pipeline(answer, response, () => undefined)
      } catch {
        // what another server says may be nothing that can be said again
        response.destroy()
        answer.destroy()
      }
    })
    passed.on('error', () => response.destroy())
    passed.once('close', () => {
      if (!response.headersSent) response.destroy()
    })
    response.once('close', () => passed.destroy())
    request.pipe(passed)
  } catch (error) {
    response.writeHead(403, { 'content-type': 'text/plain' })
    response.end(`countersign exec: ${error instanceof Error ? error.message : 'refused'}\n`)
  }
}
