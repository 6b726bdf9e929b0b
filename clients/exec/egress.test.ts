import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { startEgress } from './egress'

// Real servers behind a real proxy, which answer and hang up as they like.
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function upstream(at: string, on: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    on(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, at, resolve))
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
async function proxy(hosts: string[]) {
  const egress = await startEgress(hosts)
  ends.push(() => egress.close())
  return egress
}
const get = (port: number, path: string) =>
  new Promise<{ status: number | undefined; headers: http.IncomingHttpHeaders; said: string }>((resolve, reject) => {
    const asked = http.get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      text(answer).then((said) => {
        resolve({ status: answer.statusCode, headers: answer.headers, said })
      }, reject)
    })
    asked.once('error', reject)
  })
const answering = (lines: string[]) =>
  upstream('127.0.0.1', (socket) => {
    socket.once('data', () => socket.end(`${lines.join('\r\n')}\r\n\r\n`))
  })

it('an answer whose headers cannot be said again does not end whoever runs the command', async () => {
  const port = await answering(['HTTP/1.1 200 OK', 'Trailer: x', 'Content-Length: 0'])
  const egress = await proxy([`localhost:${String(port)}`])
  expect((await get(egress.port, `http://localhost:${String(port)}/`)).status).toBe(200)
})

it('what an answer says to its neighbour alone is not passed on', async () => {
  const lines = ['HTTP/1.1 200 OK', 'Connection: close, X-Near', 'X-Near: 1', 'X-Far: 1', 'Keep-Alive: timeout=9']
  const port = await answering([...lines, 'Transfer-Encoding: chunked', '', '2', 'ok', '0'])
  const egress = await proxy([`localhost:${String(port)}`])
  const { headers, said } = await get(egress.port, `http://localhost:${String(port)}/`)
  expect(said).toBe('ok')
  expect(headers['x-far']).toBe('1')
  expect(headers['x-near']).toBeUndefined()
  expect(headers['keep-alive']).not.toBe('timeout=9')
})

it('an answer that breaks off, or changes protocol, leaves nobody waiting', async () => {
  for (const lines of [
    ['HTTP/1.1 200 OK', 'Content-Length: 9', '', 'x'],
    ['HTTP/1.1 101 Switching', 'Upgrade: x', 'Connection: Upgrade'],
  ]) {
    const port = await answering(lines)
    const egress = await proxy([`localhost:${String(port)}`])
    await expect(get(egress.port, `http://localhost:${String(port)}/`)).rejects.toThrow()
  }
})

it('what was being reached for a client that has gone is let go', async () => {
  let reached = (): void => undefined
  let left = (): void => undefined
  const gone = Promise.all([
    new Promise<void>((resolve) => (reached = resolve)),
    new Promise<void>((resolve) => (left = resolve)),
  ])
  const port = await upstream('127.0.0.1', (socket) => {
    reached()
    socket.resume().once('close', left)
  })
  const egress = await proxy([`localhost:${String(port)}`])
  const client = net.connect({ host: '127.0.0.1', port: egress.port })
  await new Promise<void>((resolve) => client.once('connect', resolve))
  client.write(`CONNECT localhost:${String(port)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, () => client.destroy())
  await gone
})

it('closing it closes what was reached through it', async () => {
  let left = (): void => undefined
  const gone = new Promise<void>((resolve) => (left = resolve))
  const port = await upstream('127.0.0.1', (socket) => socket.resume().once('close', left))
  const egress = await startEgress([`localhost:${String(port)}`])
  const asked = http.request({
    ...{ host: '127.0.0.1', port: egress.port, method: 'CONNECT', path: `localhost:${String(port)}` },
  })
  asked.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    asked.once('connect', () => {
      resolve()
    })
    asked.end()
  })
  await egress.close()
  await gone
})

it('however long a name is that is asked for, what is remembered of it is short', async () => {
  const egress = await proxy([])
  expect((await get(egress.port, `http://${'a'.repeat(10_000)}.example.com/`)).status).toBe(403)
  expect(egress.reached()).toEqual([{ host: `${'a'.repeat(253)}:80`, let: false }])
})

const own = Object.values(os.networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address
it.skipIf(own === undefined)('an address of this machine is reached by no name that leads there', async () => {
  let asked = 0
  const port = await upstream('0.0.0.0', (socket) => {
    asked += 1
    socket.end()
  })
  // the resolver reads one number as an address, as it does a name
  const number = String((own ?? '').split('.').reduce((sum, part) => sum * 256 + Number(part), 0))
  const egress = await proxy([`${number}:${String(port)}`])
  const asking = http.request({
    ...{ host: '127.0.0.1', port: egress.port, method: 'CONNECT', path: `${number}:${String(port)}` },
  })
  const status = await new Promise((resolve) => {
    asking.once('connect', ({ statusCode }) => {
      resolve(statusCode)
    })
    asking.once('error', resolve)
    asking.end()
  })
  expect(status).toBe(403)
  expect(asked).toBe(0)
  expect(egress.reached()).toEqual([{ host: `${number}:${String(port)}`, let: false }])
})
