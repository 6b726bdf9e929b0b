import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { isFault } from '@/lib/core/fault'
import { parseJson, type JsonObject, type JsonValue } from '@/lib/core/json'
import { upstreamError } from './failure'
import type { Program } from './programs'

/** A line of a program is at most this long, in characters. */
const LONGEST_LINE = 4 * 1_024 * 1_024
/** How many requests one program may have open, and how many of its own messages are kept for who listens. */
const MOST_OPEN = 200
/** A program that leaves more than this unread is ended before it fills this process. */
const MOST_UNREAD_BYTES = 8 * 1_024 * 1_024
const KILL_AFTER_MS = 3_000

type Waiting = {
  id: string | number
  on: (message: JsonObject) => void
  done: (message: JsonObject) => void
  fail: (error: Error) => void
}

/**
 * One running program, spoken to in JSON-RPC lines (MCP, "stdio"). Ids of requests are ours, so that two clients cannot be answered for each
 * other. It gets nothing of this process's environment but where programs are found, and ends with its last user.
 */
export class StdioProgram {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<number, Waiting>()
  readonly #tokens = new Map<number, string | number>()
  #next = 1
  #rest = ''
  #ended: Error | null = null
  /** hears what the program says by itself: notifications, and requests of its own */
  listener: ((message: JsonObject) => void) | null = null

  constructor(program: Program, onEnd: () => void) {
    this.#child = spawn(program.command, program.args, {
      // the type of Next asks for NODE_ENV, which is nothing to a program of somebody else's
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...program.env } as unknown as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    // what a program logs is its own affair: read, so that it does not block, and kept nowhere
    this.#child.stderr.resume()
    this.#child.stdout.setEncoding('utf8')
    this.#child.stdout.on('data', (text: string) => {
      this.#read(text)
    })
    const ended = (error?: Error) => {
      this.#end(upstreamError('upstream_program', error))
      onEnd()
    }
    this.#child.once('error', ended)
    this.#child.once('exit', () => {
      ended()
    })
    this.#child.stdin.on('error', () => undefined)
  }

  /** Whether it runs. */
  get alive(): boolean {
    return this.#ended === null
  }

  /**
   * Sends a request and waits for its answer; what the program says about it meanwhile goes to `on`.
   * @throws UpstreamError `upstream_program`, `upstream_malformed`, `upstream_timeout`; or what aborted the signal
   */
  request(
    body: JsonObject,
    signal: AbortSignal,
    timeoutMs: number,
    on: (message: JsonObject) => void,
  ): Promise<JsonObject> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    if (this.#waiting.size >= MOST_OPEN) return Promise.reject(upstreamError('upstream_timeout'))
    const own = this.#next++
    const id = body.id as string | number // the caller judged it
    return new Promise<JsonObject>((resolve, reject) => {
      const over = () => {
        this.#waiting.delete(own)
        this.#tokens.delete(own)
        clearTimeout(timer)
        signal.removeEventListener('abort', gone)
      }
      const fail = (error: Error) => {
        over()
        reject(error)
      }
      const gone = () => {
        this.notify({
          jsonrpc: '2.0',
          method: 'notifications/cancelled',
          params: { requestId: own, reason: String(signal.reason) },
        })
        fail(new Error(String(signal.reason)))
      }
      const timer = setTimeout(() => {
        this.notify({
          jsonrpc: '2.0',
          method: 'notifications/cancelled',
          params: { requestId: own, reason: 'timeout' },
        })
        fail(upstreamError('upstream_timeout'))
      }, timeoutMs)
      const done = (message: JsonObject) => {
        over()
        resolve({ ...message, id })
      }
      this.#waiting.set(own, { id, on, done, fail })
      if (signal.aborted) {
        gone()
        return
      }
      signal.addEventListener('abort', gone, { once: true })
      this.notify({ ...body, id: own, ...withToken(body, own, (token) => this.#tokens.set(own, token)) })
    })
  }

  /** Sends what needs no answer. */
  notify(body: JsonObject): void {
    if (this.#ended !== null) return
    this.#child.stdin.write(`${JSON.stringify(body)}\n`)
    if (this.#child.stdin.writableLength > MOST_UNREAD_BYTES) this.close()
  }

  /** Ends it, and whatever it started: politely, then not. */
  close(): void {
    if (this.#ended === null) this.#end(upstreamError('upstream_program'))
    const { pid } = this.#child
    if (pid === undefined || this.#child.exitCode !== null) return
    this.#child.stdin.end()
    kill(pid, 'SIGTERM')
    setTimeout(() => {
      kill(pid, 'SIGKILL')
    }, KILL_AFTER_MS).unref()
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const waiting of [...this.#waiting.values()]) waiting.fail(error)
  }

  #read(text: string): void {
    this.#rest += text
    if (this.#rest.length > LONGEST_LINE) {
      this.#end(upstreamError('upstream_too_large'))
      this.close()
      return
    }
    for (;;) {
      const at = this.#rest.indexOf('\n')
      if (at < 0) return
      const line = this.#rest.slice(0, at).trim()
      this.#rest = this.#rest.slice(at + 1)
      if (line !== '') this.#take(line)
    }
  }

  #take(line: string): void {
    const message = read(line)
    if (message === null) {
      // who writes something else among its messages cannot be told apart from them
      this.#end(upstreamError('upstream_malformed'))
      this.close()
      return
    }
    if (message.method !== undefined) {
      this.#told(message)
      return
    }
    this.#waiting.get(Number(message.id))?.done(message)
  }

  #told(message: JsonObject): void {
    const params = message.params
    const token = isObject(params) ? params.progressToken : undefined
    if (message.method === 'notifications/progress' && typeof token === 'number' && isObject(params)) {
      const original = this.#tokens.get(token)
      if (original !== undefined)
        this.#waiting.get(token)?.on({ ...message, params: { ...params, progressToken: original } })
      return
    }
    // what it asks or says while something runs belongs to what runs: the newest request that is open
    const newest = [...this.#waiting.values()].at(-1)
    if (this.listener !== null) this.listener(message)
    else if (newest !== undefined) newest.on(message)
  }
}

/** The progress token of a request is ours at the program, too: its own would collide between clients. */
function withToken(body: JsonObject, own: number, keep: (token: string | number) => void): JsonObject {
  const { params } = body
  if (!isObject(params) || !isObject(params._meta)) return {}
  const { progressToken: token } = params._meta
  if (typeof token !== 'string' && typeof token !== 'number') return {}
  keep(token)
  return { params: { ...params, _meta: { ...params._meta, progressToken: own } } }
}

function read(line: string): JsonObject | null {
  try {
    const value = parseJson(line, { maxBytes: LONGEST_LINE, maxDepth: 64, round: true, allowNul: true })
    return isObject(value) && value.jsonrpc === '2.0' ? value : null
  } catch (error) {
    if (isFault(error)) return null
    throw error
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // it has ended
  }
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
