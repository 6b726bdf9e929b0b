/** What two clocks say, in milliseconds: one that never jumps, and one that goes on while the machine sleeps. */
export type Clocks = { steady: number; wall: number }

export const clocks = (): Clocks => ({ steady: performance.now(), wall: Date.now() })

/**
 * A lease as its holder counts it: from the moment the request was sent, so that it is over here no later than at the server, whatever the server's
 * clock says. The clock that is further on counts: a machine that slept, or was set forward, has lost its lease.
 */
export class Lease {
  #seconds: number
  #sent: Clocks

  /** @throws TypeError for a lease of no length: an answer that says none gives none */
  constructor(seconds: number, sent: Clocks) {
    this.#seconds = lengthOf(seconds)
    this.#sent = sent
  }

  /**
   * It was renewed by a request sent then. One that was overtaken by a later one changes nothing.
   * @throws TypeError for a lease of no length, and goes on as it was
   */
  renewed(seconds: number, sent: Clocks): void {
    const length = lengthOf(seconds)
    if (sent.steady < this.#sent.steady) return
    this.#seconds = length
    this.#sent = sent
  }

  /** How long it still is, in milliseconds; at most 0: it is over. */
  left(now: Clocks): number {
    const gone = Math.max(now.steady - this.#sent.steady, now.wall - this.#sent.wall)
    return this.#seconds * 1_000 - gone
  }

  /** How long to wait before it is renewed, in milliseconds: a third of it has gone by then, and two tries are left. */
  renewAfter(now: Clocks): number {
    return Math.max(0, this.left(now) - (this.#seconds * 1_000 * 2) / 3)
  }
}

/** A lease's length as a server sent it, which may be anything. */
function lengthOf(seconds: unknown): number {
  if (typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0) return seconds
  throw new TypeError('The server answered a lease without a length.')
}
