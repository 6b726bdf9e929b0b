import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { isFault } from '@/lib/core/fault'
import { parseJson, type JsonObject, type JsonValue } from '@/lib/core/json'
import { upstreamError, type UpstreamFailure } from './failure'
import { Pieces } from './pieces'
import type { Program } from './programs'
import type { Bounds } from './read-answer'

/** A line of a program is at most this long, in characters. */
const LONGEST_LINE = 4 * 1_024 * 1_024
/** How many requests one program may have open, and how many of its own messages are kept for who listens. */
const MOST_OPEN = 200
/** A program that leaves more than this unread is ended before it fills this process. */
const MOST_UNREAD_BYTES = 8 * 1_024 * 1_024
const KILL_AFTER_MS = 3_000
/** What a halt or a disconnection stops is given so long to end by itself: after that its program is ended. */
const STOP_WITHIN_MS = 2_000
const STOPS: ReadonlySet<unknown> = new Set(['halted', 'disconnected'])
/** Whoever was told that nobody waits any more need not answer: a program with more of those than this is ended. */
const MOST_LEFT = 200

/** A request nobody waits for any more, which its program was told, and may be at work on all the same. */
export type LeftAtWork = {
  /** when it was answered after all, or its program has ended */
  over: Promise<void>
  /** ends its program */
  end: () => void
}

/** What a request that threw has left at work; null where that is nothing. */
export function leftAtWork(error: unknown): LeftAtWork | null {
  return error instanceof Error && 'left' in error ? (error.left as LeftAtWork) : null // `request` set it
}

type Waiting = {
  id: string | number
  on: (message: JsonObject, length: number) => void
  done: (message: JsonObject) => void
  fail: (error: Error) => void
}

/**
 * One running program, spoken to in JSON-RPC lines (MCP, "stdio"). Ids of requests are ours, so that two clients cannot be answered for each
 * other. It gets nothing of this process's environment but where programs are found, and ends with its last user.
 */
export class StdioProgram {
  readonly #child: ChildProcessWithoutNullStreams
  /** until neither the program nor what it started in its group runs any more */
  readonly #gone: Promise<void>
  readonly #waiting = new Map<number, Waiting>()
  readonly #tokens = new Map<number, string | number>()
  readonly #left = new Map<number, () => void>()
  #next = 1
  readonly #rest = new Pieces()
  #ended: Error | null = null

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
    this.#gone = new Promise((resolve) => {
      // where none was started there is no exit
      if (this.#child.pid === undefined) resolve()
      this.#child.once('exit', () => {
        if (this.#child.pid !== undefined) kill(this.#child.pid, 'SIGKILL')
        ended()
        resolve()
      })
    })
    this.#child.stdin.on('error', () => undefined)
  }

  /** Whether it runs. */
  get alive(): boolean {
    return this.#ended === null
  }

  /**
   * Sends a request and waits for its answer, within bounds; what the program says about it meanwhile goes to `on`. What a halt or a disconnection
   * breaks off has ended when this throws: the program has answered it, or does not run any more. What else breaks it off may leave it at work
   * (`leftAtWork` of the error).
   * @throws UpstreamError `upstream_program`, `upstream_malformed`, `upstream_timeout` (silence), `upstream_endless`, `upstream_too_large`; or
   * what aborted the signal
   */
  request(
    body: JsonObject,
    signal: AbortSignal,
    { idleMs, totalMs, maxBytes }: Pick<Bounds, 'idleMs' | 'totalMs' | 'maxBytes'>,
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
        clearTimeout(silent)
        clearTimeout(whole)
        signal.removeEventListener('abort', gone)
      }
      const fail = (error: Error) => {
        over()
        reject(error)
      }
      const cancel = (reason: string) => {
        this.notify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: own, reason } })
      }
      const gone = () => {
        const error = new Error(String(signal.reason))
        cancel(error.message)
        if (!STOPS.has(signal.reason)) {
          fail(Object.assign(error, { left: this.#leave(own) }))
          return
        }
        over()
        this.#stopped(own, id).then(() => {
          reject(error)
        }, reject)
      }
      const give = (code: UpstreamFailure) => () => {
        cancel(code)
        fail(Object.assign(upstreamError(code), { left: this.#leave(own) }))
      }
      let silent = setTimeout(give('upstream_timeout'), idleMs)
      const whole = totalMs === null ? undefined : setTimeout(give('upstream_endless'), totalMs)
      let length = 0
      const heard = (message: JsonObject, more: number) => {
        clearTimeout(silent)
        silent = setTimeout(give('upstream_timeout'), idleMs)
        length += more
        if (maxBytes !== null && length > maxBytes) give('upstream_too_large')()
        else on(message)
      }
      const done = (message: JsonObject) => {
        over()
        resolve({ ...message, id })
      }
      this.#waiting.set(own, { id, on: heard, done, fail })
      if (signal.aborted) {
        fail(new Error(String(signal.reason))) // it was told nothing yet
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

  /** Waits until a request that was cancelled is at work no more: it was answered all the same, or its program has ended. */
  #stopped(own: number, id: string | number): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.close()
      }, STOP_WITHIN_MS)
      const over = () => {
        clearTimeout(late)
        this.#waiting.delete(own)
      }
      const done = () => {
        over()
        resolve()
      }
      const fail = () => {
        over()
        void this.#gone.then(resolve)
      }
      this.#waiting.set(own, { id, on: () => undefined, done, fail })
    })
  }

  /** Goes on listening for the answer to a request that nobody waits for any more. */
  #leave(own: number): LeftAtWork {
    const over = new Promise<void>((resolve) => {
      if (this.#ended === null) this.#left.set(own, resolve)
      else resolve()
    })
    if (this.#left.size > MOST_LEFT) this.close()
    return {
      over,
      end: () => {
        this.close()
      },
    }
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const waiting of [...this.#waiting.values()]) waiting.fail(error)
    for (const over of this.#left.values()) over()
    this.#left.clear()
  }

  #read(text: string): void {
    this.#rest.add(text)
    if (this.#rest.length > LONGEST_LINE) {
      this.#end(upstreamError('upstream_too_large'))
      this.close()
      return
    }
    // only what is new is searched, however a line is cut
    if (!text.includes('\n')) return
    const lines = this.#rest.take().split('\n')
    this.#rest.add(lines.pop() ?? '')
    for (const line of lines) if (line.trim() !== '') this.#take(line.trim())
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
      this.#told(message, line.length)
      return
    }
    const own = Number(message.id)
    this.#waiting.get(own)?.done(message)
    this.#left.get(own)?.()
    this.#left.delete(own)
  }

  #told(message: JsonObject, length: number): void {
    const params = message.params
    const token = isObject(params) ? params.progressToken : undefined
    if (message.method === 'notifications/progress' && typeof token === 'number' && isObject(params)) {
      const original = this.#tokens.get(token)
      if (original !== undefined)
        this.#waiting.get(token)?.on({ ...message, params: { ...params, progressToken: original } }, length)
      return
    }
    // what it asks or says while something runs belongs to what runs: the newest request that is open
    const newest = [...this.#waiting.values()].at(-1)
    newest?.on(message, length)
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
