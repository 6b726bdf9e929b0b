import type { FastifyReply } from 'fastify'
import type { JsonObject } from '@/lib/core/json'
import type { RequestId } from './message'

/** A client that reads nothing is let go before what it leaves unread fills this process. */
const MOST_UNREAD_BYTES = 8 * 1_024 * 1_024

/**
 * The answer to one request of a client: a JSON body, or server-sent events once anything has to be said before it is there. Progress always
 * rises: ours first, the upstream's above it.
 */
export class Answering {
  #streaming = false
  #ended = false
  #progress = 0

  constructor(
    private readonly reply: FastifyReply,
    private readonly canStream: boolean,
    private readonly token: RequestId | null,
    /** headers of the upstream's that are the client's, too */
    private readonly headers: Record<string, string> = {},
  ) {}

  get streams(): boolean {
    return this.#streaming
  }

  get ended(): boolean {
    return this.#ended
  }

  header(name: string, value: string): void {
    this.headers[name] = value
  }

  /** Begins to stream; false where the client takes no stream. */
  begin(): boolean {
    if (this.#streaming) return true
    if (!this.canStream || this.#ended) return false
    this.#streaming = true
    this.reply.hijack()
    this.reply.raw.writeHead(200, {
      ...this.headers,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    this.reply.raw.flushHeaders()
    return true
  }

  /** Says that it goes on: to whoever asked for progress a step of it, to others a comment. */
  step(message: string): void {
    if (!this.begin()) return
    if (this.token === null) {
      this.#write(': waiting\n\n')
      return
    }
    this.#progress += 1
    const params = { progressToken: this.token, progress: this.#progress, message }
    this.event({ jsonrpc: '2.0', method: 'notifications/progress', params })
  }

  /** Passes on a message of the upstream's; its progress is raised above ours. `id` and `retry` let a client resume. */
  event(message: JsonObject | null, id?: string, retry?: number): void {
    if (!this.begin()) return
    const lines = [
      ...(id === undefined ? [] : [`id: ${id}`]),
      ...(retry === undefined ? [] : [`retry: ${String(retry)}`]),
      `data: ${message === null ? '' : JSON.stringify(message)}`,
    ]
    this.#write(`${lines.join('\n')}\n\n`)
  }

  /** How far the upstream's progress is raised. */
  get raisedBy(): number {
    return this.#progress
  }

  /** The last message: what was asked for, or why not. */
  finish(message: JsonObject, status = 200, id?: string): void {
    if (this.#ended) return
    if (this.#streaming) {
      this.event(message, id)
      this.end()
      return
    }
    // what throws for a status that is none has not answered
    this.reply.code(status)
    this.#ended = true
    void this.reply
      .headers({ ...this.headers, 'cache-control': 'no-store' })
      .type('application/json')
      .send(JSON.stringify(message))
  }

  /** Ends without a message: an accepted notification, or a stream the upstream ended. */
  end(status = 202): void {
    if (this.#ended) return
    if (!this.#streaming) this.reply.code(status)
    this.#ended = true
    if (this.#streaming) this.reply.raw.end()
    else void this.reply.headers(this.headers).send()
  }

  #write(text: string): void {
    const { raw } = this.reply
    if (raw.destroyed || raw.writableEnded) return
    if (raw.writableLength > MOST_UNREAD_BYTES) raw.destroy()
    else raw.write(text)
  }
}
