/** One server-sent event. `id` is the last one said so far, to send back as `Last-Event-ID`; null while none was. */
export type StreamEvent = { event: string; id: string | null; data: unknown }

/** A stream that says nothing at all for this long, in milliseconds, is dead: the server beats every 15 s. */
const SILENT_MS = 40_000

/**
 * The events of a `text/event-stream` body (WHATWG HTML §9.2) whose data is JSON. Comments are heartbeats and are dropped; an id without data
 * counts for the next event. Ends when the body does, or one of `signals` fires; `onHeard` is called for whatever comes, and once at the beginning.
 */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  onId: (id: string) => void,
  onHeard: () => void,
  signals: readonly AbortSignal[] = [],
): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder()
  let text = ''
  let id: string | null = null
  onHeard()
  for await (const chunk of chunksOf(body, signals)) {
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

/**
 * The bytes of a body until it ends or a signal fires. The body is cancelled here, besides by the signal its request was made with: what joins
 * signals (`AbortSignal.any`) may be collected while nothing but the request holds it, and the connection would then keep the process alive.
 */
async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  signals: readonly AbortSignal[],
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader()
  const cancel = () => void reader.cancel().catch(() => undefined)
  for (const signal of signals) signal.addEventListener('abort', cancel, { once: true })
  try {
    if (signals.some(({ aborted }) => aborted)) return
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', cancel)
    cancel()
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
