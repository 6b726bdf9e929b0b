/** So many pieces are joined into one, so that a stranger who sends single bytes does not fill this process with their headers. */
const MOST_PIECES = 1_000

/**
 * Text that comes in pieces and is not to be searched again from its start with each of them: who reads looks at what is new, and takes the whole
 * once it holds an end.
 */
export class Pieces {
  #pieces: string[] = []
  #length = 0

  /** How much is kept, in UTF-16 code units. */
  get length(): number {
    return this.#length
  }

  /** Keeps a piece. */
  add(text: string): void {
    this.#pieces.push(text)
    this.#length += text.length
    if (this.#pieces.length > MOST_PIECES) this.#pieces = [this.#pieces.join('')]
  }

  /** All of it; nothing is kept afterwards. */
  take(): string {
    const whole = this.#pieces.join('')
    this.#pieces = []
    this.#length = 0
    return whole
  }
}
