import type { ServerResponse } from 'node:http'

/** A client that reads nothing is let go: it reconnects, and is told the present state. */
export const MOST_UNREAD_BYTES = 64 * 1_024

const HEAD = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

/**
 * Writes whole server-sent events (WHATWG HTML §9.2) to a response, which begins with the first of them. What a client does not read is
 * kept up to `MOST_UNREAD_BYTES` beside what the system's socket holds; then its connection is cut.
 * @param begin called before the first event: the response is no longer the framework's
 */
export function eventWriter(raw: ServerResponse, begin: () => void): (text: string) => void {
  let begun = false
  return (text) => {
    if (raw.destroyed || raw.writableEnded) return
    if (!begun) {
      begun = true
      begin()
      raw.writeHead(200, HEAD)
    }
    if (raw.writableLength > MOST_UNREAD_BYTES) raw.destroy()
    else raw.write(text)
  }
}
