/** One server-sent event. `id` is the last one said so far, to send back as `Last-Event-ID`; null while none was. */
export type StreamEvent = { event: string; id: string | null; data: unknown }

/** A stream that says nothing at all for this long, in milliseconds, is dead: the server beats every 15 s. */
const SILENT_MS = 40_000

/**
 * The events of a `text/event-stream` body (WHATWG HTML §9.2) whose data is JSON. Comments are heartbeats and are dropped; an id without data
 * counts for the next event. Ends when the body does; `onHeard` is called for whatever comes, and once at the beginning.
 */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  onId: (id: string) => void,
  onHeard: () => void,
): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder()
  let text = ''
  let id: string | null = null
  onHeard()
  for await (const chunk of body) {
    onHeard()
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = text
        .slice(0, end)
        .split('\n')
        .map((line) => /^(event|id|data): ?(.*)$/.exec(line))
      text = text.slice(end + 2)
      const of = (name: string) => fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : []))
      const data = of('data').join('\n')
      id = of('id').at(-1) ?? id
      if (data !== '') yield { event: of('event').at(-1) ?? 'message', id, data: JSON.parse(data) as unknown }
      // only now: what was not taken is told again after a reconnect
      if (id !== null) onId(id)
    }
  }
}

/** A signal that fires once nothing was heard for too long, and how to say that something was. */
export function silence(afterMs = SILENT_MS): { signal: AbortSignal; heard: () => void; stop: () => void } {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    clearTimeout(timer)
  }
  const heard = () => {
    stop()
    timer = setTimeout(() => {
      controller.abort(new Error('The stream of halts went silent.'))
    }, afterMs)
    timer.unref()
  }
  return { signal: controller.signal, heard, stop }
}
