/**
 * Waits for something, or for a signal.
 * @throws the reason of `signal` as soon as it fires, whatever becomes of the other
 */
export async function beside<T>(begin: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  signal?.throwIfAborted()
  if (signal === undefined) return begin()
  let fired: () => void = () => undefined
  const cut = new Promise<never>((_, reject) => {
    fired = () => {
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', fired, { once: true })
  })
  const other = begin()
  // what ends after the signal fired is nobody's any more
  other.catch(() => undefined)
  try {
    return await Promise.race([other, cut])
  } finally {
    signal.removeEventListener('abort', fired)
  }
}
