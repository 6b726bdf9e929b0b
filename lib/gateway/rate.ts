import { fault } from '@/lib/core/fault'

/** Requests a second and at once that one agent may send to one replica: far above any agent's work, far below harm (C39). */
export const PER_SECOND = 200
export const AT_ONCE = 400
const MOST_KEPT = 50_000

type Bucket = { left: number; at: number }

/**
 * A token bucket for each agent, in this process: a flood of one agent waits, and nobody else notices. It protects the server;
 * what an agent may *do* is limited by its boundary, in the database. A restart or another replica starts full.
 */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>()

  constructor(
    private readonly perSecond: number = PER_SECOND,
    private readonly atOnce: number = AT_ONCE,
  ) {}

  /**
   * Takes one request's worth.
   * @param now milliseconds since 1970
   * @throws Fault `too_many_requests` saying when there will be more
   */
  take(agentId: string, now: number): void {
    const bucket = this.#buckets.get(agentId) ?? this.#open(agentId, now)
    bucket.left = Math.min(this.atOnce, bucket.left + (Math.max(0, now - bucket.at) / 1_000) * this.perSecond)
    bucket.at = now
    if (bucket.left < 1) {
      throw fault('too_many_requests', {
        detail: `This agent may send ${this.perSecond} requests a second.`,
        retryAfterSeconds: (1 - bucket.left) / this.perSecond,
      })
    }
    bucket.left -= 1
  }

  #open(agentId: string, now: number): Bucket {
    // a full bucket is what a new one is: the oldest are forgotten first
    if (this.#buckets.size >= MOST_KEPT)
      for (const [id] of [...this.#buckets].slice(0, MOST_KEPT / 10)) this.#buckets.delete(id)
    const bucket = { left: this.atOnce, at: now }
    this.#buckets.set(agentId, bucket)
    return bucket
  }
}
