import { setTimeout as sleep } from 'node:timers/promises'

/** What an agent proposes: the body of `POST /api/v1/actions` (DESIGN §6). */
export type Proposal = {
  tool: string
  arguments?: Record<string, unknown>
  resource?: { type: string; id: string }
  run?: { id: string }
  on_behalf_of?: { type: string; id: string }
  reasoning?: { summary?: string; signals?: string[]; intel?: string[]; skill?: string; confidence?: number }
  evidence?: { title: string; uri?: string; excerpt?: string; untrusted?: boolean }[]
  untrusted_sources?: string[]
  tested_against?: { data: string; uri?: string; digest?: string; result?: string; passed?: boolean }[]
  /** a request of this agent that waits: this one takes its place */
  replaces?: string
}

/** The server's answer. Only the fields a program branches on are typed; v1 answers only grow. */
export type Answer = {
  id: string
  decision: 'allow' | 'hold' | 'forbid'
  status: string
  digest: string
  reason: { code: string; text: string; rule: string | null }
  approval: { id: string; status: string; expires_at: string; url: string } | null
  /** what a person edited the arguments to: the grant is for these, so run these */
  edited: { arguments: Record<string, unknown>; at: string } | null
  /** what an approver asks before they answer */
  question: { id: string; text: string; asked_at: string } | null
  grant: { token: string; expires_at: string } | null
}

/** Answers an approver's question; undefined leaves it to somebody else. */
export type Reply = (question: { id: string; text: string }) => Promise<string | undefined> | string | undefined

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

/** A refusal of the server (RFC 9457), or `unreachable`. Whatever it says, the action must not run. */
export type Refusal = Error & { code: string; status: number; retryAfterSeconds?: number }

export type ClientOptions = { server: string; clientId: string; clientSecret: string; signal?: AbortSignal }

function refusal(code: string, status: number, detail: string, retryAfterSeconds?: number): Refusal {
  return Object.assign(new Error(detail), { name: 'Refusal', code, status, retryAfterSeconds })
}

/**
 * A client of Countersign's agent API: it keeps a short-lived access token fresh and speaks JSON. It holds no rules; an
 * answer it cannot get or read is thrown, and the caller must then treat the action as forbidden (DESIGN §4).
 */
export class CountersignClient {
  readonly #options: ClientOptions
  #token: { value: string; expiresAt: number } | undefined

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** Proposes an action. With an idempotency key the same call may be made again safely (24 h). */
  async propose(proposal: Proposal, idempotencyKey?: string): Promise<Answer> {
    return this.#post('/api/v1/actions', proposal, idempotencyKey ? { 'Idempotency-Key': idempotencyKey } : {})
  }

  /** Where an action stands; waits up to `waitSeconds` (at most 25) for it to change. */
  async read(actionId: string, waitSeconds = 0): Promise<Answer> {
    return this.#request('GET', `/api/v1/actions/${actionId}?wait=${waitSeconds}`)
  }

  /** Answers what an approver asks about a held action. */
  async answer(actionId: string, text: string, question?: string): Promise<Answer> {
    return this.#post(`/api/v1/actions/${actionId}/answer`, { text, ...(question !== undefined && { question }) })
  }

  /** Waits until a held action is no longer held, however long its approval lasts. Each question of an approver goes to `reply`, once. */
  async settled(answer: Answer, reply?: Reply): Promise<Answer> {
    let current = answer
    let known = 'none'
    while (current.status === 'held') {
      const { question } = current
      if (question !== null && question.id !== known) {
        known = question.id
        const text = await reply?.(question)
        if (text !== undefined) await this.answer(current.id, text, question.id)
      }
      current = await this.#request('GET', `/api/v1/actions/${current.id}?wait=25&question=${known}`)
    }
    return current
  }

  /** Claims the grant of an approved action; the gate runs again. */
  async claim(actionId: string): Promise<Answer> {
    return this.#post(`/api/v1/actions/${actionId}/grant`, {})
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

  /** Opens a run: the server mints its id. */
  async openRun(body: Record<string, unknown> = {}): Promise<{ id: string }> {
    return this.#post('/api/v1/runs', body)
  }

  /**
   * Keeps a run alive so many seconds from now. A lease that lapsed can be renewed for four hours; then what the run still asks is
   * withdrawn.
   */
  async renewRun(runId: string, seconds: number): Promise<{ id: string; status: string; lease_until: string }> {
    return this.#post(`/api/v1/runs/${runId}/lease`, { seconds })
  }

  /** Ends a run: what it still asks is withdrawn at once. */
  async endRun(runId: string): Promise<{ id: string; status: string }> {
    return this.#post(`/api/v1/runs/${runId}/lease`, { seconds: 0 })
  }

  /** Says that this agent stopped for a halt, and which of its runs. */
  async acknowledge(haltId: string, runs: string[] = []): Promise<unknown> {
    return this.#post(`/api/v1/halts/${haltId}/acknowledgement`, { runs })
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
   * arguments as they were granted: a person may have edited them.
   * @returns the last answer; `work` has run if and only if `ran` is true
   */
  async perform(
    proposal: Proposal,
    work: (granted: Record<string, unknown>) => Promise<unknown>,
    reply?: Reply,
  ): Promise<{ answer: Answer; ran: boolean }> {
    let answer = await this.settled(await this.propose(proposal), reply)
    if (answer.status === 'approved') answer = await this.claim(answer.id)
    if (!answer.grant) return { answer, ran: false }
    const started = performance.now()
    const grant = answer.grant.token
    const outcome = await work(answer.edited?.arguments ?? proposal.arguments ?? {}).then(
      (output): Outcome => ({ status: 'succeeded', output }),
      (error: unknown): Outcome => ({
        status: 'failed',
        error: error instanceof Error ? error.message : String(error),
      }),
    )
    const duration_ms = Math.round(performance.now() - started)
    return { answer: await this.report(answer.id, grant, { ...outcome, duration_ms }), ran: true }
  }

  /**
   * The halts stream (`GET /api/v1/halts/stream`), one event at a time, reconnecting with back-off until aborted. The
   * server says the present state first on every connection, so that nothing is missed in between.
   */
  async *halts(signal: AbortSignal): AsyncGenerator<{ event: string; data: unknown }> {
    for (let wait = 250; !signal.aborted; wait = Math.min(wait * 2, 10_000)) {
      try {
        const response = await this.#fetch('GET', '/api/v1/halts/stream', {
          headers: { Accept: 'text/event-stream' },
          signal,
        })
        for await (const event of events(response)) {
          wait = 250
          yield event
        }
      } catch (error) {
        if (signal.aborted) return
        if ((error as Partial<Refusal>).status === 401) this.#token = undefined
      }
      await sleep(wait * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined)
    }
  }

  async #post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    return this.#request('POST', path, body, headers)
  }

  async #request<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const init =
      body === undefined
        ? { headers }
        : { headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    const response = await this.#fetch(method, path, init)
    return (await response.json()) as T
  }

  async #fetch(method: string, path: string, init: RequestInit): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const token = await this.#accessToken()
      const headers = { ...(init.headers as Record<string, string> | undefined), Authorization: `Bearer ${token}` }
      const signal = init.signal ?? this.#options.signal
      const response = await fetch(new URL(path, this.#options.server), {
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
      throw await refusalOf(response)
    }
  }

  /** RFC 6749 §4.4, client credentials. Asked for again 30 s before it ends. */
  async #accessToken(): Promise<string> {
    if (this.#token && this.#token.expiresAt - 30_000 > Date.now()) return this.#token.value
    const { clientId, clientSecret, server, signal } = this.#options
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')
    const response = await fetch(new URL('/oauth/token', server), {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
      ...(signal && { signal }),
    })
    if (!response.ok) throw await refusalOf(response)
    const body = (await response.json()) as { access_token: string; expires_in: number }
    this.#token = { value: body.access_token, expiresAt: Date.now() + body.expires_in * 1000 }
    return this.#token.value
  }
}

const resourcePath = ({ type, id }: { type: string; id: string }): string =>
  `/api/v1/resources/${encodeURIComponent(type)}/${encodeURIComponent(id)}`

async function refusalOf(response: Response): Promise<Refusal> {
  const body = (await response.json().catch(() => ({}))) as {
    code?: string
    error?: string
    title?: string
    detail?: string
  }
  const after = Number(response.headers.get('Retry-After'))
  const code = body.code ?? body.error ?? 'unreadable'
  return refusal(
    code,
    response.status,
    body.detail ?? body.title ?? `HTTP ${response.status}`,
    after > 0 ? after : undefined,
  )
}

/** The events of a `text/event-stream` body (WHATWG HTML §9.2); comments are heartbeats and are dropped. */
async function* events(response: Response): AsyncGenerator<{ event: string; data: unknown }> {
  if (!response.body) return
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const data = lines.flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : [])).join('\n')
      const event =
        lines
          .find((line) => line.startsWith('event:'))
          ?.slice(6)
          .trim() ?? 'message'
      if (data !== '') yield { event, data: JSON.parse(data) as unknown }
    }
  }
}
