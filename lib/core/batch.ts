/** How many items one call carries unless told: enough to fill it under load, few enough that nobody waits long for the others. */
const MOST = 64

type Waiting<Item, Answer> = { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }

export type BatchOptions<Item, Answer> = {
  /** Answers the items in order, or rejects having done nothing for any of them. */
  call: (items: readonly Item[]) => Promise<readonly Answer[]>
  /** Whether a rejection certainly left nothing behind, so that the items may be tried one by one. */
  leftNothing: (error: unknown) => boolean
  /** Calls at once: while the database writes some to disk, the next are prepared. More would make smaller batches. */
  lanes?: number
  /** items a call */
  most?: number
}

/**
 * Gathers what arrives while a call is under way into the next one. A call that fails for one item is made again item by
 * item, so that nobody's bad row refuses another's action (DESIGN §4).
 */
export class Batcher<Item, Answer> {
  readonly #waiting: Waiting<Item, Answer>[] = []
  #running = 0
  #scheduled = false

  constructor(private readonly options: BatchOptions<Item, Answer>) {}

  /** Hands one item in; resolves with its answer. */
  submit(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (this.#scheduled) return
      this.#scheduled = true
      // after the other requests of this turn of the event loop have been read
      setImmediate(() => {
        this.#scheduled = false
        this.#start()
      })
    })
  }

  #start(): void {
    while (this.#running < (this.options.lanes ?? 4) && this.#waiting.length > 0) {
      this.#running += 1
      void this.#send(this.#waiting.splice(0, this.options.most ?? MOST)).finally(() => {
        this.#running -= 1
        this.#start()
      })
    }
  }

  async #send(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.options.call(batch.map(({ item }) => item))
      if (answers.length !== batch.length) throw new Error('a call answered another number of items than it was given')
      answers.forEach((answer, i) => batch[i]?.resolve(answer))
    } catch (error) {
      if (batch.length > 1 && this.options.leftNothing(error)) for (const each of batch) await this.#send([each])
      else for (const each of batch) each.reject(error)
    }
  }
}
