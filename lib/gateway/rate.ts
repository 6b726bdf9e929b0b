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
    private readonly who = 'This agent',
  ) {}

  /**
   * Takes one request's worth.
   * @param id the agent, or what else has a bucket of its own
   * @param now milliseconds since 1970
   * @throws Fault `too_many_requests` saying when there will be more
   */
  take(id: string, now: number): void {
    const bucket = this.#buckets.get(id) ?? this.#open(id, now)
    bucket.left = Math.min(this.atOnce, bucket.left + (Math.max(0, now - bucket.at) / 1_000) * this.perSecond)
    bucket.at = now
    if (bucket.left < 1) {
      throw fault('too_many_requests', {
        detail: `${this.who} may send ${this.perSecond} requests a second.`,
        retryAfterSeconds: (1 - bucket.left) / this.perSecond,
      })
    }
    bucket.left -= 1
  }

  #open(id: string, now: number): Bucket {
    // a full bucket is what a new one is: the oldest are forgotten first
    if (this.#buckets.size >= MOST_KEPT)
      for (const [oldest] of [...this.#buckets].slice(0, MOST_KEPT / 10)) this.#buckets.delete(oldest)
    const bucket = { left: this.atOnce, at: now }
    this.#buckets.set(id, bucket)
    return bucket
  }
}
