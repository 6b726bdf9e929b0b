/** The log did not answer as a log does: it may be away, and nothing is said of the ledger. */
export class Unreachable extends Error {
  override name = 'Unreachable'
}

export interface Log {
  /** Without a slash at its end. */
  url: string
  /** Whom the log notes as having looked. */
  watcher: string
  /** For a log that answers nobody else. */
  token?: string | undefined
}

const TIMEOUT_MS = 15_000
const MOST_BYTES = 1_000_000

/** Asks the log; answers the text, or null where it says that there is none (404). @throws Unreachable for everything else */
export async function ask(log: Log, path: string): Promise<string | null> {
  try {
    const response = await fetch(log.url + path, {
      headers: {
        'cache-control': 'no-cache',
        'countersign-watcher': log.watcher,
        ...(log.token !== undefined && { authorization: `Bearer ${log.token}` }),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (response.status === 404) return null
    if (!response.ok) throw new Unreachable(`${log.url}${path} answered ${response.status}`)
    return await textOf(response)
  } catch (error) {
    if (error instanceof Unreachable) throw error
    const { cause, message } = error as Error
    throw new Unreachable(`${log.url}${path}: ${cause instanceof Error ? cause.message : message}`)
  }
}

/** A server that never ends its answer must not fill this machine's memory. */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > MOST_BYTES) throw new Unreachable(`${response.url} answered more than ${MOST_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
