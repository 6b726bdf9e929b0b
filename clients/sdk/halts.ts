import { setTimeout as sleep } from 'node:timers/promises'
import { beside } from './beside'
import type { CountersignClient, Refusal } from './client'
import { stopsRun, type Halt, type Stop } from './halt'

/** Something of this process that halts can stop. */
export type Stoppable = {
  /** Aborts what a halt stops of it, and confirms that itself once it has really stopped; false where the halt stops nothing of it. */
  stop: (halt: Halt) => boolean
}

/** How long a stream that says what cannot be read is left alone. */
const UNREADABLE_MS = 1_000
/** Runs of this process that stopped by themselves are named in later confirmations, too; so many at most. */
const MOST_STOPPED = 500

/**
 * The halts of one agent, as this process hears them on its stream: it aborts what a halt stops, and confirms that only when it has stopped. It
 * listens as long as something of this process may have to be stopped.
 */
export class HaltWatch {
  readonly #watched = new Set<Stoppable>()
  readonly #inForce = new Map<string, Halt>()
  /** each stop once: a halt that let the agent go and takes it back asks for another */
  readonly #answered = new Set<string>()
  readonly #stopped: string[] = []
  #listening: { ready: Promise<void>; end: AbortController } | undefined

  constructor(private readonly client: CountersignClient) {}

  /**
   * Watches for something until `leave` is called; what is in force already stops it at once.
   * @throws the reason of `signal` when the halts were not heard before it fired
   */
  async join(one: Stoppable, signal: AbortSignal): Promise<() => void> {
    this.#watched.add(one)
    const leave = () => {
      this.#watched.delete(one)
      if (this.#watched.size > 0) return
      this.#listening?.end.abort()
      this.#listening = undefined
    }
    try {
      const { ready } = (this.#listening ??= this.#listen())
      await beside(() => ready, signal)
    } catch (error) {
      leave()
      throw error
    }
    for (const halt of this.#inForce.values()) one.stop(halt)
    return leave
  }

  /** A run of this process has stopped by itself: a halt that stops it finds it stopped. */
  stopped(runId: string): void {
    this.#stopped.push(runId)
    if (this.#stopped.length > MOST_STOPPED) this.#stopped.shift()
  }

  /** Confirms a stop until the server has taken it or refuses it. @returns whether it was taken */
  async confirm(halt: Stop, runs: string[], signal?: AbortSignal): Promise<boolean> {
    for (let wait = 200; signal?.aborted !== true; wait = Math.min(wait * 2, 5_000)) {
      try {
        await this.client.acknowledge(halt, runs, signal)
        return true
      } catch (error) {
        const { status } = error as Partial<Refusal>
        if (status !== undefined && status >= 400 && status < 500 && status !== 429) return false
      }
      await sleep(wait, undefined, signal && { signal }).catch(() => undefined)
    }
    return false
  }

  #listen(): { ready: Promise<void>; end: AbortController } {
    const end = new AbortController()
    const ready = new Promise<void>((resolve) => {
      void this.#listenOn(end.signal, resolve)
    })
    return { ready, end }
  }

  /** What cannot be read is never taken for "nothing is halted": the stream is opened again, and who joins waits for a state that can. */
  async #listenOn(signal: AbortSignal, begun: () => void): Promise<void> {
    while (!signal.aborted) {
      await this.#hear(signal, begun).catch(() => undefined)
      await sleep(UNREADABLE_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  async #hear(signal: AbortSignal, begun: () => void): Promise<void> {
    for await (const { event, data } of this.client.halts(signal)) {
      if (event === 'state') {
        const { halts, drills = [] } = data as { halts: Halt[]; drills?: { id: string }[] }
        for (const drill of drills) this.#rehearse(drill, signal)
        for (const known of this.#inForce.keys()) if (!halts.some(({ id }) => id === known)) this.#inForce.delete(known)
        for (const halt of halts) this.#engaged(halt, signal)
        begun()
      } else if (event === 'engaged') {
        // also when it was lifted since: what it stopped does not go on by itself
        this.#engaged(data as Halt, signal)
      } else if (event === 'lifted') {
        this.#inForce.delete((data as Halt).id)
      } else if (event === 'drill') {
        this.#rehearse(data as { id: string }, signal)
      }
    }
  }

  /** A rehearsal is confirmed as a halt is, once, and stops nothing. */
  #rehearse(drill: { id: string }, signal: AbortSignal): void {
    if (this.#answered.has(drill.id)) return
    this.#answered.add(drill.id)
    void this.confirm(drill, [], signal)
  }

  #engaged(halt: Halt, signal: AbortSignal): void {
    if (halt.lifted_at === null) this.#inForce.set(halt.id, halt)
    const stop = `${halt.id} ${halt.requested_at ?? ''}`
    if (this.#answered.has(stop)) return
    this.#answered.add(stop)
    const taken = [...this.#watched].filter((one) => one.stop(halt)).length
    const before = this.#stopped.filter((run) => stopsRun(halt, run))
    // a run of another process is not for this one to confirm
    if (before.length === 0 && (taken > 0 || halt.scope === 'run')) return
    void this.confirm(halt, before, signal)
  }
}
