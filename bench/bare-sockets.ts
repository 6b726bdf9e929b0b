import { createServer } from 'node:http'
import { createServer as createSocketServer, type AddressInfo, type Socket } from 'node:net'

/**
 * The bare thing beside the stream of halts, a program of its own: it holds every socket that connects, and for each request writes the
 * request's body to all of them in a loop, then answers. Started with `fork`; says the two ports it listens at.
 */
const open = new Set<Socket>()
const sockets = createSocketServer({ noDelay: true }, (socket) => {
  open.add(socket)
  socket.on('close', () => open.delete(socket))
  socket.on('error', () => undefined)
  socket.resume()
}).listen(0, '127.0.0.1', 4_096)
const asked = createServer((request, response) => {
  const body: Buffer[] = []
  request.on('data', (chunk: Buffer) => body.push(chunk))
  request.on('end', () => {
    const bytes = Buffer.concat(body)
    for (const socket of open) socket.write(bytes)
    response.end(String(open.size))
  })
}).listen(0, '127.0.0.1')

const portOf = (server: { address: () => unknown }) => (server.address() as AddressInfo).port
await Promise.all([sockets, asked].map((server) => new Promise((resolve) => server.once('listening', resolve))))
process.send?.({ sockets: portOf(sockets), asked: portOf(asked) })
process.once('disconnect', () => process.exit(0))
