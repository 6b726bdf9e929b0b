import dns from 'node:dns/promises'
import http from 'node:http'
import net from 'node:net'
import { allowsHost, refusesAddress } from './hosts'

/** Where a command asked to go, and whether it was let: `host:port`. */
export type Reached = { host: string; let: boolean }

/** A proxy through which a command reaches what its boundary names, and nothing else. */
export type Egress = { port: number; reached: () => Reached[]; close: () => Promise<void> }

const CONNECT_MS = 15_000
const MOST_REMEMBERED = 100

/**
 * Starts an HTTP proxy (CONNECT and absolute-form requests, RFC 9110 §9.3.6, RFC 9112 §3.2.2) that holds a command to a list of hosts. It
 * resolves names itself and connects to the very address it looked at. What is not on the list is answered 403, in words.
 * @param at a Unix socket beside the port of this machine, for a sandbox without a network
 */
export async function startEgress(hosts: readonly string[], at?: string): Promise<Egress> {
  const reached: Reached[] = []
  const note = (host: string, allowed: boolean) => {
    if (reached.length < MOST_REMEMBERED && !reached.some((each) => each.host === host && each.let === allowed))
      reached.push({ host, let: allowed })
  }
  const reach = async (name: string, port: number): Promise<net.Socket> => {
    const allowed = allowsHost(hosts, name, port)
    if (!allowed) {
      note(`${name}:${String(port)}`, false)
      throw new Error(`${name}:${String(port)} is not a host that the signed boundary names.`)
    }
    const found = net.isIP(name) ? [{ address: name }] : await dns.lookup(name, { all: true })
    const address = found.map((each) => each.address).find((each) => !refusesAddress(each, name.toLowerCase()))
    note(`${name}:${String(port)}`, address !== undefined)
    if (address === undefined) throw new Error(`${name} leads to an address that is never reached from a sandbox.`)
    return connected(address, port)
  }
  const listener = (request: http.IncomingMessage, response: http.ServerResponse) => {
    void forward(request, response, reach)
  }
  const servers = [http.createServer(listener), ...(at === undefined ? [] : [http.createServer(listener)])]
  const open = new Set<net.Socket>()
  for (const server of servers) {
    server.on('connection', (socket: net.Socket) => {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
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

function connected(address: string, port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: address, port })
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

const HOP = ['proxy-authorization', 'proxy-connection', 'connection', 'keep-alive', 'te', 'trailer', 'upgrade']

async function forward(request: http.IncomingMessage, response: http.ServerResponse, reach: Reach): Promise<void> {
  try {
    const url = new URL(request.url ?? '')
    if (url.protocol !== 'http:') throw new Error('Only http: is forwarded; https: goes through CONNECT.')
    const port = Number(url.port || 80)
    const socket = await reach(url.hostname.replace(/^\[|\]$/g, ''), port)
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP.includes(name)))
    const passed = http.request({
      createConnection: () => socket,
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, connection: 'close' },
    })
    passed.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.once('error', () => response.destroy())
    response.once('close', () => passed.destroy())
    request.pipe(passed)
  } catch (error) {
    response.writeHead(403, { 'content-type': 'text/plain' })
    response.end(`countersign exec: ${error instanceof Error ? error.message : 'refused'}\n`)
  }
}
