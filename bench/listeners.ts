import { connect, type Socket } from 'node:net'

/** Sockets opened at once: more would only queue where they are accepted. */
const HANDS = 64
/** Longer than what is searched for, so that it is found where two reads meet. */
const TAIL = 64

type Listener = { socket: Socket; tail: string }

/** Many sockets of one process that listen for a word, as so many agents on their streams. */
export class Listeners {
  readonly #all: Listener[] = []
  #wanted: { word: string; left: Set<Listener>; first: Buffer | null; done: (last: Told) => void } | null = null
  /** Those the other side ended. */
  lost = 0

  /** Opens one for each request given (the bytes to send first), and returns once every one was answered `greeting`. */
  async open(port: number, requests: readonly string[], greeting: string | null): Promise<void> {
    let next = 0
    const hand = async () => {
      for (let at = next++; at < requests.length; at = next++) await this.#open(port, requests[at] ?? '', greeting)
    }
    await Promise.all(Array.from({ length: HANDS }, hand))
  }

  get size(): number {
    return this.#all.length
  }

  /** When the last of them has read a word that comes after this call; `performance.now()`, with the bytes the first one read. */
  told(word: string): Promise<Told> {
    return new Promise((done) => {
      for (const each of this.#all) each.tail = ''
      this.#wanted = { word, left: new Set(this.#all), first: null, done }
    })
  }

  close(): void {
    for (const { socket } of this.#all) socket.destroy()
  }

  #open(port: number, request: string, greeting: string | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const listener: Listener = { socket: connect({ port, host: '127.0.0.1', noDelay: true }), tail: '' }
      const { socket } = listener
      let greeted = false
      const ready = () => {
        greeted = true
        listener.tail = ''
        this.#all.push(listener)
        resolve()
      }
      socket.once('connect', () => {
        socket.write(request)
        if (greeting === null) ready()
      })
      socket.on('data', (chunk: Buffer) => {
        listener.tail += chunk.toString('latin1')
        if (greeted) this.#heard(listener, chunk)
        else if (greeting !== null && listener.tail.includes(greeting)) ready()
        else if (/^HTTP\/1\.1 [3-5]/.test(listener.tail)) reject(new Error(listener.tail))
      })
      socket.on('error', reject)
      socket.on('close', () => {
        this.lost += 1
      })
    })
  }

  #heard(listener: Listener, chunk: Buffer): void {
    const wanted = this.#wanted
    if (wanted?.left.has(listener) === true && listener.tail.includes(wanted.word)) {
      wanted.first ??= chunk
      wanted.left.delete(listener)
      if (wanted.left.size === 0) {
        this.#wanted = null
        wanted.done({ at: performance.now(), bytes: wanted.first })
      }
    }
    listener.tail = listener.tail.slice(-TAIL)
  }
}

export type Told = { at: number; bytes: Buffer }
