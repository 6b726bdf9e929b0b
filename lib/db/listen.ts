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
    await closed
  } finally {
    await client.end().catch(() => undefined)
  }
}
