/** Says to every open stream, in both halves of the process, that the server is going down (DESIGN §3: shutdown ends streams). */
const SHARED = Symbol.for('countersign.closing')
const holder = globalThis as { [SHARED]?: AbortController }
const controller = (holder[SHARED] ??= new AbortController())

/** Aborts when the server begins to stop: a stream that hears it ends itself. */
export function closing(): AbortSignal {
  return controller.signal
}

/** Tells them. Only the server's own shutdown calls it. */
export function beginClosing(): void {
  controller.abort()
}
