import type { IncomingMessage } from 'node:http'
import { upstreamError } from './failure'
import { Pieces } from './pieces'

/** How long and how much of an answer is waited for; null: no end of its own (a stream the agent listens on). */
export type Bounds = { idleMs: number; totalMs: number | null; maxBytes: number | null; maxEventBytes: number }

/** The chunks of an answer within bounds. @throws UpstreamError `upstream_timeout`, `upstream_endless`, `upstream_too_large`, `upstream_broken` */
export async function* chunksOf(response: IncomingMessage, bounds: Bounds): AsyncGenerator<Buffer> {
  const end = (code: 'upstream_timeout' | 'upstream_endless') => () => response.destroy(upstreamError(code))
  let idle = setTimeout(end('upstream_timeout'), bounds.idleMs)
  const total = bounds.totalMs === null ? undefined : setTimeout(end('upstream_endless'), bounds.totalMs)
  let length = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      clearTimeout(idle)
      idle = setTimeout(end('upstream_timeout'), bounds.idleMs)
      length += chunk.length
      if (bounds.maxBytes !== null && length > bounds.maxBytes) throw upstreamError('upstream_too_large')
      yield chunk
    }
    if (!response.complete) throw upstreamError('upstream_broken')
  } catch (error) {
    throw error instanceof Error && ('upstream' in error || error.name === 'AbortError')
      ? error
      : upstreamError('upstream_broken', error)
  } finally {
    clearTimeout(idle)
    clearTimeout(total)
    response.destroy()
  }
}

/** A whole body as text. @throws UpstreamError as `chunksOf` does, `upstream_malformed` where it is no UTF-8 */
export async function wholeBody(response: IncomingMessage, bounds: Bounds): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of chunksOf(response, bounds)) chunks.push(chunk)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch (error) {
    throw upstreamError('upstream_malformed', error)
  }
}

/** One server-sent event (WHATWG HTML §9.2). */
export type ServerEvent = { id?: string; retry?: number; data: string }

const BLANK = /\r\n\r\n|\n\n|\r\r/

/**
 * The events of a stream, one by one; comments are left out. What has been searched for the end of an event is not searched again: the work is
 * that of the bytes, however they are cut.
 * @throws UpstreamError as `chunksOf` does
 */
export async function* eventsOf(response: IncomingMessage, bounds: Bounds): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder('utf-8')
  const kept = new Pieces()
  let tail = ''
  for await (const chunk of chunksOf(response, bounds)) {
    const text = decoder.decode(chunk, { stream: true })
    if (kept.length + text.length > bounds.maxEventBytes) throw upstreamError('upstream_too_large')
    kept.add(text)
    const fresh = tail + text
    tail = fresh.slice(-3) // an end of four characters may be cut after three
    if (!BLANK.test(fresh)) continue
    let rest = kept.take()
    for (;;) {
      const blank = BLANK.exec(rest)
      if (blank === null) break
      const event = readEvent(rest.slice(0, blank.index))
      rest = rest.slice(blank.index + blank[0].length)
      if (event !== null) yield event
    }
    kept.add(rest)
    tail = rest.slice(-3)
  }
}

/** One event of its lines; null where it says nothing. Pure. */
export function readEvent(text: string): ServerEvent | null {
  const data: string[] = []
  let id: string | undefined
  let retry: number | undefined
  for (const line of text.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    else if (field === 'id' && /^[\x21-\x7e]{1,1024}$/.test(value)) id = value
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) retry = Number(value)
  }
  if (data.length === 0 && id === undefined && retry === undefined) return null
  return { ...(id !== undefined && { id }), ...(retry !== undefined && { retry }), data: data.join('\n') }
}
