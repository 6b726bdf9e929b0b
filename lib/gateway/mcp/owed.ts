import type { Door } from './door'

/** How long an answer can be fetched that an upstream did not give on the stream it was asked on, in milliseconds. */
const KEPT_MS = 15 * 60_000
const MOST_OF_AGENT = 64
const MOST = 4_000

type Kept = { agentId: string; door: Door; until: number; release: () => void }

/**
 * Requests whose answer may come on another stream, since the upstream gave its client an event id to resume from (MCP 2025-11-25,
 * "Resumability"): what comes there goes through the door of its own request, or nowhere. Kept on this replica, for a while, and by agent
 * and session; what is not known here is refused as an answer nobody asked for.
 */
export class Owed {
  readonly #kept = new Map<string, Kept>()
  readonly #sweep = setInterval(() => {
    for (const [key, { until }] of [...this.#kept]) if (until < Date.now()) this.drop(key)
  }, 30_000).unref()

  /** @param key as `openKey` makes it */
  keep(key: string, agentId: string, door: Door): void {
    if (this.#kept.get(key)?.door === door) return
    this.drop(key)
    const own = [...this.#kept].filter(([, kept]) => kept.agentId === agentId)
    // in the order they were kept: the oldest gives way
    const [oldest] = own.length >= MOST_OF_AGENT ? own : this.#kept.size >= MOST ? this.#kept : []
    if (oldest !== undefined) this.drop(oldest[0])
    this.#kept.set(key, { agentId, door, until: Date.now() + KEPT_MS, release: () => undefined })
  }

  /** The door of a request; null where nothing is owed. */
  of(key: string): Door | null {
    return this.#kept.get(key)?.door ?? null
  }

  /** The answer did not come yet: `release` is called once it came, or nobody waits for it any more. */
  await(key: string, release: () => void): void {
    const kept = this.#kept.get(key)
    if (kept === undefined) release()
    else kept.release = release
  }

  /** The answer has come; it can be fetched again for as long as it is kept. */
  settle(key: string): void {
    const kept = this.#kept.get(key)
    if (kept === undefined) return
    kept.release()
    kept.release = () => undefined
  }

  /** Nothing is owed any more. */
  drop(key: string): void {
    this.settle(key)
    this.#kept.delete(key)
  }

  close(): void {
    clearInterval(this.#sweep)
    for (const key of [...this.#kept.keys()]) this.drop(key)
  }
}
