import net, { type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { EXEC_TOOL } from './execute'
import { SandboxClient } from './sandbox-client'

it('whoever is stopped while nobody answers does not wait for the answer', async () => {
  const sockets: net.Socket[] = []
  const stop = new AbortController()
  const silent = net.createServer((socket) => {
    sockets.push(socket)
    // it takes the question, and says nothing
    socket.once('data', () => {
      stop.abort(new Error('It was stopped.'))
    })
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  const client = new SandboxClient(
    { server: `http://127.0.0.1:${String(port)}`, clientId: 'x', clientSecret: 'y' },
    {
      ...{ key: null, runtime: { name: 'bubblewrap', version: '0' }, workspace: '/nowhere' },
      ...{ own: { identity: '0:0' }, held: () => undefined },
    },
  )
  try {
    const asked = client.propose({ tool: EXEC_TOOL, arguments: { command: ['id'] } }, undefined, stop.signal)
    await expect(asked).rejects.toThrow('It was stopped.')
  } finally {
    for (const socket of sockets) socket.destroy()
    silent.close()
  }
})
