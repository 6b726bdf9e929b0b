import { onHeard, onHearingAgain } from '@/lib/db/bus'
import type { ActionOutput } from '@/lib/decisions/contract'

// setTimeout cannot wait longer
const LONGEST_MS = 2 ** 31 - 1
/** Agents that began to wait in the same moment, as after a restart, do not come back in the same moment. */
const SPREAD = 0.2

/**
 * Requests that wait for a held action to change. They hold no connection: one listener serves the whole process, and what
 * is heard only makes the action be read again, so that a lost notification costs time, never an answer (DESIGN §3).
 */
export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #stop: (() => void)[]

  /**
   * @param now milliseconds since 1970
   * @param random 0 to 1
   */
  constructor(
    private readonly now: () => number = Date.now,
    private readonly random: () => number = Math.random,
  ) {
    this.#stop = [
      onHeard('actions', (actionId) => {
        this.#wake(actionId)
      }),
      onHearingAgain(() => {
        for (const actionId of [...this.#waiting.keys()]) this.#wake(actionId)
      }),
    ]
  }

  /**
   * Reads an action, and again whenever something was heard of it, until it is no longer held, the time is over or the client
   * has gone; a question asked meanwhile ends it, too. Its own deadline wakes it too: expiry is answered on time, whoever records it.
   * Where nothing was heard, what was read before is the answer, without reading again: the client's next request reads.
   * @param actionId the bare UUID
   * @param seconds at most; up to a fifth less, at random
   * @param known the question the client knows of, as it names it; undefined: the one that stands when the wait begins
   */
  async settled(
    actionId: string,
    seconds: number,
    gone: AbortSignal,
    read: () => Promise<ActionOutput>,
    known?: string,
  ): Promise<ActionOutput> {
    let heard = known
    const until = this.now() + seconds * 1_000 * (1 - SPREAD * this.random())
    for (;;) {
      // registered before reading: what happens in between is heard
      const woken = this.#register(actionId)
      try {
        const answer = await read()
        const left = until - this.now()
        heard ??= answer.question?.id ?? 'none'
        const asked = answer.question !== null && answer.question.id !== heard
        if (answer.status !== 'held' || asked || left <= 0 || gone.aborted) return answer
        const deadline = answer.approval === null ? until : Date.parse(answer.approval.expires_at)
        const again = await woken.orAfter(Math.min(left, Math.max(deadline - this.now(), 0) + 1), gone)
        if (!again && (gone.aborted || (this.now() >= until && this.now() < deadline))) return answer
      } finally {
        woken.done()
      }
    }
  }

  /** How many requests wait now: for the metrics. */
  get size(): number {
    return this.#waiting.size
  }

  close(): void {
    for (const stop of this.#stop) stop()
    for (const actionId of [...this.#waiting.keys()]) this.#wake(actionId)
  }

  #wake(actionId: string): void {
    for (const wake of [...(this.#waiting.get(actionId) ?? [])]) wake()
  }

  #register(actionId: string): { orAfter: (ms: number, gone: AbortSignal) => Promise<boolean>; done: () => void } {
    let end: (heard: boolean) => void = () => undefined
    const ended = new Promise<boolean>((resolve) => {
      end = resolve
    })
    const wake = () => {
      end(true)
    }
    const over = () => {
      end(false)
    }
    const those = this.#waiting.get(actionId) ?? new Set()
    this.#waiting.set(actionId, those.add(wake))
    return {
      orAfter: async (ms, gone) => {
        const timer = setTimeout(over, Math.min(ms, LONGEST_MS))
        gone.addEventListener('abort', over, { once: true })
        const heard = await ended
        clearTimeout(timer)
        gone.removeEventListener('abort', over)
        return heard
      },
      done: () => {
        those.delete(wake)
        if (those.size === 0 && this.#waiting.get(actionId) === those) this.#waiting.delete(actionId)
      },
    }
  }
}
