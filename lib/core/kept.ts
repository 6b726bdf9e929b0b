import { setTimeout as sleep } from 'node:timers/promises'

type Read<T> = { at: number; value: Promise<T>; over: boolean }

/**
 * Something that is read at most once in a while, however often it is asked for: what keeps a flood of strangers from costing a reading each. A reading
 * that failed is not tried again before its time, either: until then everybody is told of its failure.
 */
export class Kept<T> {
  #last: Read<T> | undefined
  /** what was read last without a failure, however long ago */
  #known: { value: T } | undefined

  /** @param everyMs how long a reading serves, in milliseconds */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly everyMs: number,
  ) {}

  /**
   * Looks something up in what is kept. Where it is not there, and could have been made since that was read, it waits for the next reading and
   * looks again: nothing that was there when it was asked for is missed, and whoever asks for nothing waits once.
   * @throws what the reading threw
   */
  async find<Found>(look: (value: T) => Found | undefined): Promise<Found | undefined> {
    const asked = performance.now()
    for (;;) {
      const { at, value } = this.#current()
      const found = look(await value)
      if (found !== undefined || at >= asked) return found
      const left = at + this.everyMs - performance.now()
      if (left > 0) await sleep(left)
    }
  }

  /**
   * The same, but what was there once is found without another reading, however long ago that was: for what is proven in another way afterwards, and
   * only has to be told from a guess here.
   */
  async recall<Found>(look: (value: T) => Found | undefined): Promise<Found | undefined> {
    const known = this.#known && look(this.#known.value)
    return known ?? (await this.find(look))
  }

  #current(): Read<T> {
    const now = performance.now()
    if (this.#last !== undefined && (!this.#last.over || now - this.#last.at < this.everyMs)) return this.#last
    const read: Read<T> = { at: now, value: this.read(), over: false }
    read.value.then(
      (value) => {
        read.over = true
        this.#known = { value }
      },
      () => {
        read.over = true
      },
    )
    return (this.#last = read)
  }
}
