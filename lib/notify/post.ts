import http from 'node:http'
import https from 'node:https'
import { rootCertificates } from 'node:tls'
import { guardedLookup, refuseBarredLiteral, type Allowed } from './reach'

/** A receiver's answer: `body` is null when it was longer than we read. */
export type Answer = { status: number; retryAfter: number | null; body: string | null }

export type Post = {
  url: URL
  headers: Readonly<Record<string, string>>
  body: string
  /** authorities beside the usual ones, PEM */
  ca: string | null
  allowed: Allowed
  timeoutMs: number
  /** connections at the same time; one, unless it is said */
  connections?: number
}

const MOST_BODY = 64 * 1024

/**
 * Keeps its connections to a receiver, for as long as its stream has a sender here. Nothing of the environment (a proxy,
 * NODE_TLS_REJECT_UNAUTHORIZED) changes where it leads or that its certificate is verified.
 */
export class Poster {
  #agent: http.Agent | undefined
  #made = ''

  /**
   * Posts once. Redirects are answers like any other; no more than 64 KiB of an answer is read; the whole exchange has one deadline.
   * @throws what node:http, node:net and node:tls throw; an Error with the code `address`, `plain` or `ETIMEDOUT`
   */
  post(request: Post, signal?: AbortSignal): Promise<Answer> {
    refuseBarredLiteral(request.url.hostname, request.allowed)
    const deadline = AbortSignal.timeout(request.timeoutMs)
    const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
    return new Promise<Answer>((resolve, reject) => {
      const send = request.url.protocol === 'https:' ? https.request : http.request
      const sent = send(request.url, {
        method: 'POST',
        agent: this.#agentFor(request),
        headers: { ...request.headers, 'content-length': Buffer.byteLength(request.body), 'user-agent': 'countersign' },
        signal: either,
      })
      const fail = (error: unknown) => {
        reject(deadline.aborted ? timedOut(error) : (error as Error))
      }
      sent.on('response', (response) => {
        read(response).then(resolve, fail)
      })
      sent.on('error', fail)
      sent.end(request.body)
    })
  }

  close(): void {
    this.#agent?.destroy()
    this.#agent = undefined
  }

  #agentFor({ url, ca, allowed, connections = 1 }: Post): http.Agent {
    const made = JSON.stringify([url.origin, ca, allowed.private, allowed.plain, connections])
    if (this.#agent !== undefined && this.#made === made) return this.#agent
    this.close()
    this.#made = made
    const options = { keepAlive: true, maxSockets: connections, lookup: guardedLookup(allowed) }
    return (this.#agent =
      url.protocol === 'https:'
        ? new https.Agent({ ...options, ...trust(ca), rejectUnauthorized: true, minVersion: 'TLSv1.2' })
        : new http.Agent(options))
  }
}

/** Whom a TLS connection trusts: the usual authorities and, where one is given, one's own. */
export function trust(ca: string | null): { ca?: string[] } {
  return ca === null ? {} : { ca: [...rootCertificates, ca] }
}

async function read(response: http.IncomingMessage): Promise<Answer> {
  const head = {
    status: response.statusCode ?? 0,
    retryAfter: retryAfterOf(response.headers['retry-after'], Date.now()),
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MOST_BODY) {
      response.destroy()
      return { ...head, body: null }
    }
    chunks.push(chunk)
  }
  return { ...head, body: Buffer.concat(chunks).toString('utf8') }
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110 §10.2.3); null when it is neither. */
export function retryAfterOf(value: string | undefined, now: number): number | null {
  if (value === undefined) return null
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

const timedOut = (cause: unknown): Error =>
  Object.assign(new Error('No answer in time.', { cause }), { code: 'ETIMEDOUT' })
