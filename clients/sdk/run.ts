import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, CountersignClient, Performed, Proposal, Refusal, Reply, Work } from './client'
import { isSameStop, stopsRun, stopsTool, type Halt } from './halt'
import type { HaltWatch } from './halts'
import { clocks, Lease, type Clocks } from './lease'
import { refusal } from './refusal'

/** A run as the server answers it. `lease_seconds` counts from the moment the request was sent. */
export type LeasedRun = {
  id: string
  status: string
  tainted: boolean
  lease_until: string
  lease_seconds: number
  renews: boolean
}

export type RunOptions = {
  sandbox?: Record<string, unknown>
  untrusted_sources?: string[]
  /** a shorter lease than the organisation's, in seconds */
  lease_seconds?: number
  /**
   * a run of this agent that somebody left without ending it: taken up in place of opening another. It has what it had when it was opened, so
   * nothing else but the signal and the lease is said with it. Refused with `wrong_state` once it is over (four hours after its lease lapsed)
   */
  resume?: string
  /** where this runs, for whoever has to end it there; the name of the machine and the process unless it is said */
  host?: string
  /** the caller's own reason to stop */
  signal?: AbortSignal
}

/** Why a run was stopped: a halt; the server refused to keep it alive (`code`); nobody could be reached until its lease ended. */
export type RunStopped = Error & { kind: 'halted' | 'refused' | 'lease_ended'; halt?: string; code?: string }

/** What is done in a run, on its signal. */
export type Run = {
  /** `run_…` */
  id: string
  /** fires when the run has to stop; its reason is a `RunStopped`, or the caller's own */
  signal: AbortSignal
  /** As `CountersignClient.perform`, in this run: the signal that `work` is given fires for halts of its tool, too. */
  perform: (proposal: Omit<Proposal, 'run'>, work: Work, reply?: Reply, key?: string) => Promise<Performed>
  /** As `CountersignClient.propose`, in this run. */
  propose: (proposal: Omit<Proposal, 'run'>, key?: string) => Promise<Answer>
  /** As `CountersignClient.settled`, until this run has to stop. */
  settled: (answer: Answer, reply?: Reply) => Promise<Answer>
}

/** How long opening may take, how long ending and confirming are tried before the caller goes on, in milliseconds. */
const START_MS = 10_000
const END_MS = 10_000

type Working = { tool: string; abort: AbortController; settled: Promise<unknown> }

/** Opens a run, does `body` in it, and ends it or confirms its stop: `CountersignClient.run` says what to expect. */
export async function inRun<T>(
  client: CountersignClient,
  watch: HaltWatch,
  body: (run: Run) => Promise<T>,
  { signal, lease_seconds, resume, host = `${hostname()} (process ${process.pid})`, ...rest }: RunOptions,
): Promise<T> {
  const starting = AbortSignal.any([AbortSignal.timeout(START_MS), ...(signal ? [signal] : [])])
  const inTime = (error: unknown) =>
    starting.aborted && signal?.aborted !== true
      ? refusal('unreachable', 0, 'The server did not answer in time.')
      : error
  const sent = clocks()
  const asked = {
    ...rest,
    renews: true,
    host: host.slice(0, 253),
    ...(lease_seconds !== undefined && { lease_seconds }),
  }
  const opening =
    resume === undefined ? client.openRun(asked, starting) : client.renewRun(resume, lease_seconds, starting)
  const opened = await opening.catch((error: unknown) => {
    throw inTime(error)
  })
  const run = new HeldRun(client, watch, opened, sent, lease_seconds, signal)
  let leave: (() => void) | undefined
  try {
    leave = await watch.join(run, starting)
    run.signal.throwIfAborted()
    const result = await body(run)
    run.signal.throwIfAborted()
    return result
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason
    throw leave === undefined ? inTime(error) : error
  } finally {
    await run.finish()
    leave?.()
  }
}

class HeldRun implements Run {
  readonly id: string
  readonly signal: AbortSignal
  readonly #lease: Lease
  readonly #stop = new AbortController()
  readonly #over = new AbortController()
  readonly #works = new Set<Working>()
  readonly #halts: Halt[] = []
  readonly #confirming: Promise<unknown>[] = []
  #told: (() => void) | undefined
  #deadline: NodeJS.Timeout | undefined

  constructor(
    private readonly client: CountersignClient,
    private readonly watch: HaltWatch,
    opened: LeasedRun,
    sent: Clocks,
    private readonly seconds: number | undefined,
    outer: AbortSignal | undefined,
  ) {
    this.id = opened.id
    this.signal = outer ? AbortSignal.any([this.#stop.signal, outer]) : this.#stop.signal
    this.#lease = new Lease(opened.lease_seconds, sent)
    this.#arm()
    void this.#keep()
  }

  readonly propose: Run['propose'] = async (proposal, key) =>
    this.client.propose({ ...proposal, run: { id: this.id } }, key, this.signal)

  readonly settled: Run['settled'] = async (answer, reply) => this.client.settled(answer, reply, this.signal)

  readonly perform: Run['perform'] = async (proposal, work, reply, key) => {
    const abort = new AbortController()
    const signal = AbortSignal.any([this.signal, abort.signal])
    const performed = this.client.perform({ ...proposal, run: { id: this.id } }, work, reply, signal, key)
    const one: Working = { tool: proposal.tool, abort, settled: performed.catch(() => undefined) }
    this.#works.add(one)
    return performed.finally(() => this.#works.delete(one))
  }

  stop(halt: Halt): boolean {
    if (stopsRun(halt, this.id)) {
      if (!this.#halts.some((known) => isSameStop(known, halt))) this.#halts.push(halt)
      this.#told?.()
      this.#stop.abort(stopped('halted', 'A halt stops this run.', { halt: halt.id }))
      return true
    }
    const works = [...this.#works].filter(({ tool }) => stopsTool(halt, tool))
    for (const { abort } of works) abort.abort(stopped('halted', 'A halt stops this tool.', { halt: halt.id }))
    if (works.length === 0) return false
    const ended = Promise.all(works.map(({ settled }) => settled))
    this.#confirming.push(ended.then(() => this.watch.confirm(halt, [], this.#over.signal)))
    return true
  }

  /** Once nothing of it is done any more: says so for every halt that stopped it, or ends it. */
  async finish(): Promise<void> {
    clearTimeout(this.#deadline)
    await Promise.all([...this.#works].map(({ settled }) => settled))
    const within = AbortSignal.timeout(END_MS)
    await Promise.race([Promise.all(this.#confirming), fired(within)])
    if (!this.#stop.signal.aborted) {
      this.#over.abort()
      await this.client.endRun(this.id, within).catch(() => undefined)
      return
    }
    const { kind, code } = this.#stop.signal.reason as RunStopped
    this.watch.stopped(this.id)
    // the server will not keep it alive because of a halt that the stream has not told of yet
    if (kind === 'refused' && (code === 'stop_only' || code === 'frozen')) await this.#toldOf(within)
    for (const halt of this.#halts) await this.watch.confirm(halt, [this.id], within)
    this.#over.abort()
  }

  async #toldOf(within: AbortSignal): Promise<void> {
    if (this.#halts.length > 0 || within.aborted) return
    const told = new Promise<void>((resolve) => (this.#told = resolve))
    await Promise.race([told, fired(within)])
  }

  /** The end of the lease stops the run whatever becomes of the requests. */
  #arm(): void {
    const left = this.#lease.left(clocks())
    clearTimeout(this.#deadline)
    if (!(left > 0)) {
      this.#stop.abort(stopped('lease_ended', 'The lease of this run could not be renewed before it ended.'))
      return
    }
    this.#deadline = setTimeout(() => {
      this.#arm()
    }, left)
  }

  async #keep(): Promise<void> {
    const done = AbortSignal.any([this.#over.signal, this.#stop.signal])
    let pause = 0
    while (!done.aborted) {
      await sleep(pause || this.#lease.renewAfter(clocks()), undefined, { signal: done }).catch(() => undefined)
      const left = this.#lease.left(clocks())
      if (done.aborted || !(left > 0)) break
      const sent = clocks()
      const within = AbortSignal.any([done, AbortSignal.timeout(Math.ceil(left))])
      try {
        const { lease_seconds } = await this.client.renewRun(this.id, this.seconds, within)
        this.#lease.renewed(lease_seconds, sent)
        pause = 0
      } catch (error) {
        const { status, code } = error as Partial<Refusal>
        if (done.aborted) return
        if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429)
          this.#stop.abort(
            stopped('refused', `The server does not keep this run alive: ${code ?? status}.`, { code: code ?? '' }),
          )
        pause = Math.min(pause * 2 || 100, 1_000)
      }
      this.#arm()
    }
  }
}

/** Settles once a signal has fired. */
function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      resolve()
    }
    if (signal.aborted) done()
    else signal.addEventListener('abort', done, { once: true })
  })
}

function stopped(kind: RunStopped['kind'], text: string, more: { halt?: string; code?: string } = {}): RunStopped {
  return Object.assign(new Error(text), { name: 'RunStopped', kind }, more)
}
