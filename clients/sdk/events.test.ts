import { describe, expect, it } from 'vitest'
import { eventsOf } from './events'

/** A body that says one event and then nothing, and what became of it. */
function silentBody(): { body: ReadableStream<Uint8Array>; cancelled: Promise<void> } {
  let gone = (): void => undefined
  const cancelled = new Promise<void>((resolve) => (gone = resolve))
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('event: state\nid: 7\ndata: {"halts":[]}\n\n'))
    },
    cancel: () => {
      gone()
    },
  })
  return { body, cancelled }
}
const nothing = () => undefined

describe('the events of a body', () => {
  it('end when a signal fires though the body says nothing more, and the connection is given up', async () => {
    const { body, cancelled } = silentBody()
    const end = new AbortController()
    const heard: unknown[] = []
    for await (const event of eventsOf(body, nothing, nothing, [new AbortController().signal, end.signal])) {
      heard.push(event)
      setTimeout(() => {
        end.abort()
      })
    }
    expect(heard).toEqual([{ event: 'state', id: '7', data: { halts: [] } }])
    await cancelled
  })

  it('give the connection up too when whoever reads them stops', async () => {
    const { body, cancelled } = silentBody()
    for await (const { event } of eventsOf(body, nothing, nothing)) if (event === 'state') break
    await cancelled
  })

  it('do not begin under a signal that has fired', async () => {
    const { body, cancelled } = silentBody()
    for await (const event of eventsOf(body, nothing, nothing, [AbortSignal.abort()])) expect.unreachable(event.event)
    await cancelled
  })
})
