import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { eventsOf, type ServerEvent } from './read-answer'

const bounds = { idleMs: 10_000, totalMs: 60_000, maxBytes: null, maxEventBytes: 4 * 1_024 * 1_024 }

/** The events of a stream that comes in these chunks; each is a read of its own. */
async function read(chunks: (string | Buffer)[]): Promise<ServerEvent[]> {
  const through = Object.assign(new PassThrough({ objectMode: true }), { complete: true })
  for (const chunk of chunks) through.write(Buffer.from(chunk))
  through.end()
  const events: ServerEvent[] = []
  for await (const event of eventsOf(through as unknown as IncomingMessage, bounds)) events.push(event)
  return events
}

describe('the events of a stream', () => {
  const text = 'id: e_1\ndata: one\n\ndata: two\r\n\r\n: said\n\ndata: thrée\r\rretry: 5\ndata: four\n\n'
  const whole = [
    { id: 'e_1', data: 'one' },
    { data: 'two' },
    { data: 'thrée' },
    { retry: 5, data: 'four' },
  ] satisfies ServerEvent[]

  it('are the same however its bytes are cut', async () => {
    const bytes = Buffer.from(text)
    for (let size = 1; size <= bytes.length; size += 1) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      expect(await read(chunks)).toEqual(whole)
    }
  })

  it('are searched for once: a long one that goes on byte by byte is not read again from its start', async () => {
    let searched = 0
    const original: (this: RegExp, over: string) => RegExpExecArray | null = Reflect.get(RegExp.prototype, 'exec')
    const counting = vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, over: string) {
      if (this.source.startsWith('\\r\\n\\r')) searched += over.length
      return original.call(this, over)
    })
    const long = 'data: '.padEnd(100_000, 'x')
    const [event] = await read([long, ...Array.from({ length: 2_000 }, () => 'y'), '\n\n'])
    counting.mockRestore()
    expect(event?.data).toHaveLength(101_994)
    expect(searched).toBeLessThan(4 * long.length)
  })

  it('end where one is longer than is taken, in however many pieces it comes', async () => {
    const chunks = Array.from({ length: 65 }, () => 'x'.repeat(65_536))
    await expect(read(chunks)).rejects.toMatchObject({ upstream: 'upstream_too_large' })
  })
})
