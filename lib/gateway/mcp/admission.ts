import { fault } from '@/lib/core/fault'

/** Bounds what is open at a time on this replica, for one agent and for all: each holds a connection, and memory, for minutes or longer. */
export class Admission {
  readonly #open = new Map<string, number>()
  #all = 0

  constructor(private readonly most: { ofAgent: number; inAll: number }) {}

  /**
   * Takes a place.
   * @returns how to give it back
   * @throws Fault `too_many_requests`
   */
  enter(agentId: string): () => void {
    const own = this.#open.get(agentId) ?? 0
    if (own >= this.most.ofAgent)
      throw fault('too_many_requests', {
        detail: `This agent has ${String(own)} requests open at servers. Nothing has run. Wait until some of them have ended.`,
        retryAfterSeconds: 5,
      })
    if (this.#all >= this.most.inAll)
      throw fault('too_many_requests', {
        detail: 'As many requests are open at servers as may be. Nothing has run. Try again later.',
        retryAfterSeconds: 5,
      })
    this.#open.set(agentId, own + 1)
    this.#all += 1
    let left = false
    return () => {
      if (left) return
      left = true
      this.#all -= 1
      const now = (this.#open.get(agentId) ?? 1) - 1
      if (now === 0) this.#open.delete(agentId)
      else this.#open.set(agentId, now)
    }
  }
}
