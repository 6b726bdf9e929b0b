import { connect, createServer, type AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { refuseMalformed } from './socket'

/** What a client reads that sent `bytes`, when the server then gives the connection up as too slow. */
async function givenUp(bytes: string): Promise<string> {
  const server = createServer((socket) => {
    const late = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
    if (bytes === '') refuseMalformed(late, socket)
    else
      socket.once('data', () => {
        refuseMalformed(late, socket)
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await new Promise((resolve) => {
      let text = ''
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
        if (bytes !== '') socket.write(bytes)
      })
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
      socket.once('error', () => undefined)
      socket.once('close', () => {
        resolve(text)
      })
    })
  } finally {
    server.close()
  }
}

describe('a connection that is given up', () => {
  it('is closed without a word when nothing came: a browser that opened it in advance sends its request elsewhere', async () => {
    expect(await givenUp('')).toBe('')
  })

  it('is told that it was too slow when a part of a request came', async () => {
    expect(await givenUp('GET /api/health HTTP/1.1\r\n')).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n.*"status":408/s)
  })
})
