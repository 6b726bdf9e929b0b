import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf, grantOf } from './answer'
import type { Answer, Proposal, SandboxChallenge } from './asked'
import { beside } from './beside'
import { eventsOf, silence, type StreamEvent } from './events'
import type { Stop } from './halt'
import { HaltWatch } from './halts'
import { fetched, patiently, readBody, refusal, refusalOf, type Refusal } from './refusal'
import { inRun, type LeasedRun, type Run, type RunOptions } from './run'

/** Answers an approver's question; undefined leaves it to somebody else. */
export type Reply = (question: { id: string; text: string }) => Promise<string | undefined> | string | undefined

/** What is run under a grant: with the arguments as they were granted, a signal to abort on, and the answer that granted it. */
export type Work = (
  granted: Record<string, unknown>,
  signal: AbortSignal | undefined,
  answer: Answer,
) => Promise<unknown>

/** How an action ended, for `POST /api/v1/actions/{id}/outcome`. */
export type Outcome = {
  status: 'succeeded' | 'failed' | 'aborted'
  output?: unknown
  error?: string
  duration_ms?: number
}

/** What an executor asks before it runs something, for `POST /api/v1/grants/introspect`. */
export type GrantQuestion = Pick<Proposal, 'tool' | 'arguments' | 'resource'> & { token: string; agent: string }
export type GrantAnswer =
  | { active: true; action: string; agent: string; digest: string; expires_at: string }
  | { active: false; reason: string }

export type { Answer, Proposal, SandboxChallenge } from './asked'
export type { Refusal } from './refusal'

/** Whether something can be sent: a program may return what refers to itself, or a bigint. */
function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}

export type ClientOptions = {
  server: string
  clientId: string
  clientSecret: string
  signal?: AbortSignal
  /**
   * How long `settled` and `perform` go on asking while the server cannot be reached, restarts or is too busy, in seconds since it last answered; 60
   * unless it is said, 0: not at all. Nothing runs meanwhile.
   */
  patienceSeconds?: number
}

/** What `perform` came to. */
export type Performed = { answer: Answer; ran: boolean; unreported?: Refusal }

/** What the server takes of an error's words, in characters. */
const MOST_ERROR_CHARACTERS = 8_000

/** How old a stop-only token is before another is asked for. */
const STOP_ONLY_MS = 5_000

/**
 * A client of Countersign's agent API: it keeps a short-lived access token fresh and speaks JSON. It holds no rules; an
 * answer it cannot get or read is thrown, and the caller must then treat the action as forbidden (DESIGN §4).
 */
export class CountersignClient {
  readonly #options: ClientOptions
  readonly #patienceMs: number
  #token: { value: string; expiresAt: number; at: number } | undefined
  #watch: HaltWatch | undefined

  constructor(options: ClientOptions) {
    this.#options = options
    this.#patienceMs = (options.patienceSeconds ?? 60) * 1_000
  }

  /** Proposes an action. With an idempotency key the same call may be made again safely (24 h). */
  async propose(proposal: Proposal, idempotencyKey?: string, signal?: AbortSignal): Promise<Answer> {
    const headers: Record<string, string> = idempotencyKey ? { 'Idempotency-Key': idempotencyKey } : {}
    return answerOf(await this.#post('/api/v1/actions', proposal, headers, signal))
  }

  /** Where an action stands; waits up to `waitSeconds` (at most 25) for it to change. */
  async read(actionId: string, waitSeconds = 0): Promise<Answer> {
    return answerOf(await this.#request('GET', `/api/v1/actions/${actionId}?wait=${waitSeconds}`))
  }

  /** Answers what an approver asks about a held action. */
  async answer(actionId: string, text: string, question?: string): Promise<Answer> {
    return this.#post(`/api/v1/actions/${actionId}/answer`, { text, ...(question !== undefined && { question }) })
  }

  /** Waits until a held action is no longer held, however long its approval lasts. Each question of an approver goes to `reply`, once. */
  async settled(answer: Answer, reply?: Reply, signal?: AbortSignal): Promise<Answer> {
    let current = answer
    let known = 'none'
    while (current.status === 'held') {
      const { question } = current
      if (question !== null && question.id !== known) {
        known = question.id
        const text = reply && (await beside(async () => reply(question), signal))
        if (text !== undefined) await this.#answered(current.id, text, question.id, signal)
      }
      const path = `/api/v1/actions/${current.id}?wait=25&question=${known}`
      current = await this.#patiently(
        async () => answerOf(await this.#request('GET', path, undefined, {}, signal)),
        signal,
      )
    }
    return current
  }

  /** Claims the grant of an approved action; the gate runs again. `attestation`: what a runner signed of the sandbox it will run in. */
  async claim(actionId: string, attestation?: string): Promise<Answer> {
    const body = attestation === undefined ? {} : { attestation }
    return answerOf(await this.#post(`/api/v1/actions/${actionId}/grant`, body))
  }

  /** What a runner of this agent has to enforce now, and a nonce for one attestation of it (ADR 0050). */
  async challengeSandbox(signal?: AbortSignal): Promise<SandboxChallenge> {
    return this.#post('/api/v1/sandbox-challenges', {}, {}, signal)
  }

  /** Reports how an action ended, with the grant it ran on. */
  async report(actionId: string, grant: string, outcome: Outcome): Promise<Answer> {
    return this.#post(`/api/v1/actions/${actionId}/outcome`, { grant, ...outcome })
  }

  /**
   * Asks, as an executor, whether a grant stands for exactly this, and consumes it. A mismatch consumes nothing; whatever is not
   * `active` must not run.
   */
  async introspect(asked: GrantQuestion): Promise<GrantAnswer> {
    return this.#post('/api/v1/grants/introspect', asked)
  }

  /** Gives up a held action. */
  async withdraw(actionId: string): Promise<Answer> {
    return this.#post(`/api/v1/actions/${actionId}/withdrawal`, {})
  }

  /** Opens a run: the server mints its id. With `renews` its lease has to be renewed: `run` does that by itself. */
  async openRun(body: Record<string, unknown> = {}, signal?: AbortSignal): Promise<LeasedRun> {
    return this.#post('/api/v1/runs', body, {}, signal)
  }

  /**
   * Keeps a run alive so many seconds from now, or as long as its lease is. A lease that lapsed can be renewed for four hours; then what the
   * run still asks is withdrawn.
   */
  async renewRun(runId: string, seconds?: number, signal?: AbortSignal): Promise<LeasedRun> {
    return this.#post(`/api/v1/runs/${runId}/lease`, seconds === undefined ? {} : { seconds }, {}, signal)
  }

  /** Ends a run: what it still asks is withdrawn at once. */
  async endRun(runId: string, signal?: AbortSignal): Promise<LeasedRun> {
    return this.#post(`/api/v1/runs/${runId}/lease`, { seconds: 0 }, {}, signal)
  }

  /**
   * Says that this agent stopped, and which of its runs. Give the event of the stream as it came: where the agent was let go and is asked to stop
   * again since, the server refuses this with `wrong_state`, and the stream tells of that. A bare id is for drills: it names no stop, and is refused so, too,
   * where the halt took the agent back.
   */
  async acknowledge(stop: Stop | string, runs: string[] = [], signal?: AbortSignal): Promise<unknown> {
    const { id, requested_at } = typeof stop === 'string' ? { id: stop } : stop
    const said = requested_at === undefined ? { runs } : { runs, requested_at }
    return this.#post(`/api/v1/halts/${id}/acknowledgement`, said, {}, signal)
  }

  /** Reports that a protected resource fired; `event` is the caller's own id of it, and counts once. */
  async fired(
    resource: { type: string; id: string },
    firing: { event: string; at: string; count?: number; summary?: string },
  ): Promise<{ id: string; recorded: boolean }> {
    return this.#post(`${resourcePath(resource)}/firings`, firing)
  }

  /** Reports which version of a protected resource is in force: `sha256:` of its content. */
  async inForce(
    resource: { type: string; id: string },
    version: { digest: string; version?: string },
  ): Promise<{ id: string }> {
    return this.#post(`${resourcePath(resource)}/versions`, version)
  }

  /**
   * Proposes, waits for a person where one is asked, claims the grant, runs `work` only then, and reports its outcome. `work` is given the
   * arguments as they were granted (a person may have edited them), the signal and the answer that granted it; once that has fired nothing is begun, and work that
   * ends with an error counts as aborted. A server that is gone for a while is waited for (`patienceSeconds`).
   * @param key an idempotency key: the same call under it, within 24 h, is the same action. Left out, each call is an action of its own
   * @returns the last answer; `work` has run if and only if `ran` is true. `unreported`: it has run, and this is why its outcome could not be told;
   *   it is not to be done again
   * @throws Refusal when nobody could be asked, and nothing ran; the reason of `signal`, once the outcome of what had begun is reported
   */
  async perform(
    proposal: Proposal,
    work: Work,
    reply?: Reply,
    signal?: AbortSignal,
    key: string = randomUUID(),
  ): Promise<Performed> {
    signal?.throwIfAborted()
    const proposed = await this.#patiently(() => this.propose(proposal, key, signal), signal)
    let answer = await this.settled(proposed, reply, signal)
    signal?.throwIfAborted()
    const { id } = answer
    if (answer.status === 'approved') answer = await this.#patiently(() => this.claim(id), signal)
    const grant = grantOf(answer)
    if (grant === null) return { answer, ran: false }
    signal?.throwIfAborted()
    const started = performance.now()
    const granted = answer.edited?.arguments ?? proposal.arguments ?? {}
    const outcome = await (async () => work(granted, signal, answer))().then(
      (output): Outcome => ({ status: 'succeeded', ...(isJson(output) && { output }) }),
      (error: unknown): Outcome => ({
        status: signal?.aborted === true ? 'aborted' : 'failed',
        error: (error instanceof Error ? error.message : String(error)).slice(0, MOST_ERROR_CHARACTERS),
      }),
    )
    const ended = { ...outcome, duration_ms: Math.round(performance.now() - started) }
    if (signal?.aborted === true) {
      // stopped is stopped, whether or not anybody can be told now
      await this.report(id, grant, ended).catch(() => undefined)
      signal.throwIfAborted()
    }
    try {
      return { answer: await this.#reported(id, grant, ended, signal), ran: true }
    } catch (error) {
      signal?.throwIfAborted()
      return { answer, ran: true, unreported: error as Refusal }
    }
  }

  /** Tells an approver what they asked. Who decided meanwhile needs no answer, and one whose answer was lost has it. */
  async #answered(id: string, text: string, question: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#patiently(() => this.answer(id, text, question), signal).catch((error: unknown) => {
      if ((error as Partial<Refusal>).code !== 'wrong_state') throw error
    })
  }

  /** Reports an outcome until it was taken. What got there although its answer was lost is not reported a second time. */
  async #reported(id: string, grant: string, outcome: Outcome, signal: AbortSignal | undefined): Promise<Answer> {
    let again = false
    return this.#patiently(async () => {
      const stands = again ? await this.read(id) : null
      again = true
      return stands?.status === outcome.status ? stands : this.#take(id, grant, outcome)
    }, signal)
  }

  /** An output the server does not take must not leave what ran without an outcome: then it is told without. */
  async #take(id: string, grant: string, outcome: Outcome): Promise<Answer> {
    return this.report(id, grant, outcome).catch((error: unknown) => {
      const { status } = error as Partial<Refusal>
      if (outcome.output === undefined || (status !== 400 && status !== 413)) throw error
      return this.report(id, grant, { ...outcome, output: undefined })
    })
  }

  async #patiently<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return patiently(ask, this.#patienceMs, signal)
  }

  /**
   * The halts stream (`GET /api/v1/halts/stream`), one event at a time, reconnecting with back-off until aborted. The
   * server says the present state first on every connection, then what came since the last event that was taken.
   */
  async *halts(signal: AbortSignal): AsyncGenerator<StreamEvent> {
    let last: string | null = null
    for (let wait = 250; !signal.aborted; wait = Math.min(wait * 2, 10_000)) {
      const quiet = silence()
      try {
        quiet.heard()
        const headers: Record<string, string> = { Accept: 'text/event-stream' }
        if (last !== null) headers['Last-Event-ID'] = last
        const response = await this.#fetch('GET', '/api/v1/halts/stream', {
          headers,
          signal: AbortSignal.any([signal, quiet.signal]),
        })
        const taken = (id: string) => (last = id)
        const until = [signal, quiet.signal]
        for await (const event of response.body ? eventsOf(response.body, taken, quiet.heard, until) : []) {
          wait = 250
          yield event
        }
      } catch (error) {
        if (signal.aborted) return
        if ((error as Partial<Refusal>).status === 401) this.#token = undefined
      } finally {
        quiet.stop()
      }
      await sleep(wait * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined)
    }
  }

  /**
   * Opens a run whose lease this process holds, and does `body` in it. The run's signal fires when a halt stops it, when the server refuses to renew its
   * lease, and when the lease ends because the server cannot be reached: abort what you do on it. Once `body` has settled after that, the stop is
   * confirmed, and this rejects with the reason (`RunStopped`); else the run is ended and this is what `body` came to.
   * @throws Refusal when the run cannot be opened, or the halts cannot be heard (`unreachable`)
   */
  async run<T>(body: (run: Run) => Promise<T>, options: RunOptions = {}): Promise<T> {
    return inRun(this, (this.#watch ??= new HaltWatch(this)), body, options)
  }

  async #post<T>(path: string, body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
    return this.#request('POST', path, body, headers, signal)
  }

  async #request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<T> {
    const init = {
      ...(signal && { signal }),
      ...(body === undefined
        ? { headers }
        : { headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    }
    const response = await this.#fetch(method, path, init)
    return (await readBody(response, signal)) as T
  }

  async #fetch(method: string, path: string, init: RequestInit): Promise<Response> {
    const signals = [init.signal, this.#options.signal].filter((each) => each !== undefined && each !== null)
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0]
    for (let attempt = 0; ; attempt++) {
      const token = await this.#accessToken(signal)
      const headers = { ...(init.headers as Record<string, string> | undefined), Authorization: `Bearer ${token}` }
      const response = await fetched(new URL(path, this.#options.server), {
        ...init,
        method,
        headers,
        ...(signal && { signal }),
      })
      if (response.ok) return response
      // once: the token may have ended between the check and its use
      if (response.status === 401 && attempt === 0) {
        this.#token = undefined
        continue
      }
      const refusal = await refusalOf(response)
      // A token given under a halt stays stop-only when that is lifted: another is asked for, but not with every try.
      if (refusal.code === 'stop_only' && Date.now() - (this.#token?.at ?? 0) > STOP_ONLY_MS) this.#token = undefined
      throw refusal
    }
  }

  /** RFC 6749 §4.4, client credentials. Asked for again 30 s before it ends. */
  async #accessToken(signal: AbortSignal | undefined): Promise<string> {
    if (this.#token && this.#token.expiresAt - 30_000 > Date.now()) return this.#token.value
    const { clientId, clientSecret, server } = this.#options
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')
    const response = await fetched(new URL('/oauth/token', server), {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
      ...(signal && { signal }),
    })
    if (!response.ok) throw await refusalOf(response)
    const body = (await readBody(response, signal)) as Partial<{ access_token: string; expires_in: number }> | null
    const { access_token: value, expires_in: seconds } = body ?? {}
    if (typeof value !== 'string' || typeof seconds !== 'number')
      throw refusal('unreadable', 0, 'The answer to the request for a token has none.')
    this.#token = { value, expiresAt: Date.now() + seconds * 1_000, at: Date.now() }
    return this.#token.value
  }
}

const resourcePath = ({ type, id }: { type: string; id: string }): string =>
  `/api/v1/resources/${encodeURIComponent(type)}/${encodeURIComponent(id)}`
