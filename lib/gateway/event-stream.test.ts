import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { eventWriter, MOST_UNREAD_BYTES } from './event-stream'

const undo: (() => void)[] = []
afterEach(() => {
  for (const each of undo.splice(0)) each()
})

/** A real connection: the response a server writes to, and the client's socket, which reads nothing unless told to. */
async function connection(): Promise<{ raw: ServerResponse; socket: Socket }> {
  const server = createServer()
  const responded = new Promise<ServerResponse>((resolve) => {
    server.once('request', (_, response: ServerResponse) => {
      resolve(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  undo.push(() => {
    socket.destroy()
    server.closeAllConnections()
    server.close()
  })
  return { raw: await responded, socket }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))
const EVENT = `data: ${'x'.repeat(8_000)}\n\n`

describe('a stream of events', () => {
  it('of a client that reads nothing is cut, and no more is kept for it than so much', async () => {
    const { raw } = await connection()
    const write = eventWriter(raw, () => undefined)
    let most = 0
    // far more than the system’s own buffers hold
    for (let n = 0; n < 10_000 && !raw.destroyed; n++) {
      write(EVENT)
      most = Math.max(most, raw.writableLength)
      await turn()
    }
    expect(raw.destroyed).toBe(true)
    expect(most).toBeLessThan(MOST_UNREAD_BYTES + 2 * EVENT.length)
    write(EVENT) // says nothing more, and breaks nothing
  })

  it('of a client that reads goes on, however much it is told', async () => {
    const { raw, socket } = await connection()
    let read = 0
    socket.on('data', (chunk: Buffer) => (read += chunk.length))
    socket.resume()
    const write = eventWriter(raw, () => undefined)
    const count = 4 * Math.ceil(MOST_UNREAD_BYTES / EVENT.length)
    for (let n = 0; n < count; n++) {
      write(EVENT)
      while (raw.writableNeedDrain) await turn()
    }
    await expect.poll(() => read).toBeGreaterThan(count * EVENT.length)
    expect(raw.destroyed).toBe(false)
  })
})
