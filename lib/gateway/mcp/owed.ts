import type { Door } from './door'

/** How long an answer can be fetched that an upstream did not give on the stream it was asked on, in milliseconds. */
const KEPT_MS = 15 * 60_000
const MOST_OF_AGENT = 64
const MOST = 4_000

/** Who waits for an answer that comes elsewhere. */
export type Awaiting = { settled: () => void; dropped: (reason: string) => void }
/** What gives way first is what nobody waits for any more; what runs without anybody's stream gives way last, and is broken off. */
const GIVES_WAY = ['over', 'streaming', 'awaited'] as const

type Kept = {
  agentId: string
  door: Door
  until: number
  state: (typeof GIVES_WAY)[number]
  awaiting: Awaiting | null
}

/**
 * Requests whose answer may come on another stream, since the upstream gave its client an event id to resume from (MCP 2025-11-25,
 * "Resumability"): what comes there goes through the door of its own request, or nowhere. Kept on this replica, for a while, and by agent
 * and session; what is not known here is refused as an answer nobody asked for.
 */
export class Owed {
  readonly #kept = new Map<string, Kept>()
  readonly #sweep = setInterval(() => {
    for (const [key, { until }] of [...this.#kept]) if (until < Date.now()) this.drop(key, 'not_fetched')
  }, 30_000).unref()

  /**
   * Keeps the door of a request that can be resumed. One that is kept under the same key stays, whatever its state: its answer must not come
   * through another's door.
   * @param key as `openKey` makes it
   */
  keep(key: string, agentId: string, door: Door): void {
    if (this.#kept.has(key)) return
    const own = [...this.#kept].filter(([, kept]) => kept.agentId === agentId)
    const among = own.length >= MOST_OF_AGENT ? own : this.#kept.size >= MOST ? [...this.#kept] : []
    // in the order they were kept: the oldest of a state gives way
    const [oldest] = GIVES_WAY.flatMap((state) => among.filter(([, kept]) => kept.state === state))
    if (oldest !== undefined) this.drop(oldest[0], 'not_fetched')
    this.#kept.set(key, { agentId, door, until: Date.now() + KEPT_MS, state: 'streaming', awaiting: null })
  }

  /** The door of a request; null where nothing is owed. */
  of(key: string): Door | null {
    return this.#kept.get(key)?.door ?? null
  }

  /** Whether the answer to a request of this key is still to come: another request cannot have it. */
  has(key: string): boolean {
    const state = this.#kept.get(key)?.state
    return state === 'streaming' || state === 'awaited'
  }

  /** The answer did not come yet, and is waited for. False where it is not kept: then it can come nowhere. */
  await(key: string, door: Door, awaiting: Awaiting): boolean {
    const kept = this.#kept.get(key)
    if (kept?.door !== door) return false
    kept.state = 'awaited'
    kept.awaiting = awaiting
    return true
  }

  /** The answer to the request of a door has come, or cannot come any more; what came can be fetched again for as long as it is kept. */
  settle(key: string, door: Door): void {
    const kept = this.#kept.get(key)
    if (kept?.door !== door) return
    kept.state = 'over'
    const { awaiting } = kept
    kept.awaiting = null
    awaiting?.settled()
  }

  /** Breaks off what is awaited under a key: nothing else is touched. */
  stop(key: string, reason: string): void {
    if (this.#kept.get(key)?.awaiting != null) this.drop(key, reason)
  }

  /** Nothing is owed any more: who still waits is told why. */
  drop(key: string, reason: string): void {
    const kept = this.#kept.get(key)
    this.#kept.delete(key)
    kept?.awaiting?.dropped(reason)
  }

  close(): void {
    clearInterval(this.#sweep)
    for (const key of [...this.#kept.keys()]) this.drop(key, 'closed')
  }
}
