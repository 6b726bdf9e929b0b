import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export type Listener = { stop: () => Promise<void> }

export type ListenOptions = {
  /** A direct URL: a transaction pooler forgets LISTEN. */
  url: string
  channels: readonly string[]
  onNotify: (channel: string, payload: string) => void
  /** After the first connection and after every one that follows: what was missed meanwhile must be read again. */
  onConnect: () => void
  onError: (error: Error) => void
}

const AGAIN_MS = 500
/** A connection that a network dropped without a word looks alive for hours: so often it must prove that it is, and within so long. */
const PROOF_MS = 5_000
const GOODBYE_MS = 1_000

/**
 * Hears NOTIFY on a connection of its own, for as long as the process lives. A notification is a hint, never the truth: it is
 * lost while the connection is down, so `onConnect` re-reads the current state (DESIGN §3).
 */
export function listen(options: ListenOptions): Listener {
  const end = new AbortController()
  const running = keepListening(options, end.signal)
  return {
    stop: async () => {
      end.abort()
      await running
    },
  }
}

async function keepListening(options: ListenOptions, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    try {
      await listenOnce(options, end)
    } catch (error) {
      if (!end.aborted) options.onError(error as Error)
    }
    await sleep(AGAIN_MS, undefined, { signal: end }).catch(() => undefined)
  }
}

async function listenOnce(options: ListenOptions, end: AbortSignal): Promise<void> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'countersign listen',
    keepAlive: true,
  })
  const closed = new Promise<void>((resolve, reject) => {
    client.on('error', reject)
    client.on('end', resolve)
    end.addEventListener(
      'abort',
      () => {
        resolve()
      },
      { once: true },
    )
  })
  // It may break before anybody waits for it.
  closed.catch(() => undefined)
  client.on('notification', (message) => {
    options.onNotify(message.channel, message.payload ?? '')
  })
  try {
    await client.connect()
    for (const channel of options.channels) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    options.onConnect()
    await Promise.race([closed, silence(client, end)])
  } finally {
    // not for long: the other side may be gone, and would never answer
    await Promise.race([client.end().catch(() => undefined), sleep(GOODBYE_MS)])
  }
}

/** Rejects once the connection does not answer any more; returns with `end`. */
async function silence(client: pg.Client, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    await sleep(PROOF_MS, undefined, { signal: end }).catch(() => undefined)
    if (end.aborted) return
    const late = new AbortController()
    try {
      await Promise.race([
        client.query('SELECT 1'),
        sleep(PROOF_MS, undefined, { signal: late.signal }).then(() => {
          throw new Error(`The connection that listens did not answer in ${String(PROOF_MS / 1_000)} s.`)
        }),
      ])
    } finally {
      late.abort()
    }
  }
}
