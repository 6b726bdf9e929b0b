import { Batcher } from '@/lib/core/batch'
import { fault } from '@/lib/core/fault'
import { onHeard, onHearingAgain } from '@/lib/db/bus'
import type { Sql } from '@/lib/ledger/sql'
import { frame, frameAside, toldUpTo } from './frame'
import { presentFor, type Behind, type Present } from './present'
import { concerns, eventOf } from './read'
import { rehearsalBegun } from './read-rehearsals'
import { findHalts, findSubjects, type HaltRow } from './store'
import { findLetGo } from './store-stages'

/** Streams one agent may hold on a replica: more than it has processes, too few to use up what others need (C39). */
export const MOST_STREAMS = 32
/** Streams of one replica, of all agents, unless it is set otherwise. */
export const MOST_STREAMS_IN_ALL = 10_000
/** Agents brought up to date by one reading. */
const MOST_AT_ONCE = 1_000

/** One client: an agent's stream, and how it is written to. `text` is whole server-sent events. */
type Stream = {
  agentId: string
  tell: (text: string) => void
  end: () => void
  /** the epoch up to which it was told everything; null before the first event */
  told: bigint | null
  /** the epoch of the newest reading it was told; null before the first */
  newest: bigint | null
  /** whether its own first reading, on connections that decisions can use up, is under way */
  joining: boolean
  /** How many times it is being brought up to date now. */
  updating: number
  /** What came meanwhile: told afterwards, so that no state that was read before it makes it look over. */
  later: { epoch: bigint; text: string }[]
}

/** What a notification said: a halt was engaged or lifted, and the epoch that made. */
type Heard = { id: string; event: 'engaged' | 'lifted'; epoch: bigint }

export type HubOptions = {
  /** what those that connect are told from */
  sql: Sql
  /** what news is read on, and what brings those up to date that are connected: connections that decisions cannot use up */
  urgent: Sql
  onError: (error: unknown) => void
  /** streams in all */
  most?: number
}

/**
 * Tells connected agents of halts (C31). A notification says that one was engaged or lifted; what it is, is read again, once for all
 * of them, and each event is serialized once. Events are told in the order of the gate's epochs, which are their ids, so that a client
 * that names the last one it saw is told every later one. After the listening connection was lost, everybody is brought up to date.
 */
export class HaltHub {
  readonly #streams = new Map<string, Set<Stream>>()
  readonly #stop: (() => void)[]
  readonly #first: Batcher<Behind, Present>
  readonly #anew: Batcher<Behind, Present>
  readonly #most: number
  #size = 0
  #news: Heard[] = []
  #telling = false
  /** the rehearsals that everybody here was told of; there is one a month */
  readonly #rehearsed = new Set<string>()

  constructor(private readonly options: HubOptions) {
    this.#most = options.most ?? MOST_STREAMS_IN_ALL
    const readingOn = (sql: Sql) =>
      new Batcher<Behind, Present>({
        call: (behind) => presentFor(sql, behind),
        leftNothing: () => false,
        lanes: 1,
        most: MOST_AT_ONCE,
      })
    this.#first = readingOn(options.sql)
    this.#anew = readingOn(options.urgent)
    this.#stop = [
      onHeard('gate', (payload) => {
        this.#heard(payload)
      }),
      onHeard('drills', (id) => {
        this.#rehearse(id).catch(options.onError)
      }),
      onHearingAgain(() => {
        for (const stream of [...this.#all()]) void this.#again(stream)
      }),
    ]
  }

  /**
   * Begins to tell an agent: the present state first, then what it missed since `after`, then whatever comes. Answers how to end it.
   * One stream too many ends the agent's oldest: whoever still lives behind it connects again, and is told the present state.
   * @param after the epoch of the last event the client saw, or null
   * @param end lets the client go
   * @throws Fault `unavailable` when this replica holds as many streams as it may
   */
  async join(
    agentId: string,
    after: bigint | null,
    tell: (text: string) => void,
    end: () => void,
  ): Promise<() => void> {
    const [oldest] = this.#streams.get(agentId) ?? []
    if (oldest !== undefined && (this.#streams.get(agentId)?.size ?? 0) >= MOST_STREAMS) this.#end(oldest)
    if (this.#size >= this.#most)
      throw fault('unavailable', {
        detail: `This server holds ${String(this.#most)} streams of halts, which is all it may. Try again, or raise HALT_STREAMS.`,
        retryAfterSeconds: 5,
      })
    // joined before reading: what is engaged meanwhile is told twice rather than never
    const stream: Stream = { agentId, tell, end, told: after, newest: null, joining: true, updating: 0, later: [] }
    this.#streams.set(agentId, (this.#streams.get(agentId) ?? new Set()).add(stream))
    this.#size += 1
    try {
      await this.#update(stream, this.#first)
    } catch (error) {
      // news that came meanwhile has told it the present state
      if (stream.newest === null) {
        this.#leave(stream)
        throw error
      }
      this.options.onError(error)
    } finally {
      stream.joining = false
    }
    return () => {
      this.#leave(stream)
    }
  }

  /** How many streams are told now. */
  get size(): number {
    return this.#size
  }

  close(): void {
    for (const stop of this.#stop) stop()
    this.#streams.clear()
    this.#size = 0
  }

  *#all(): Generator<Stream> {
    for (const own of this.#streams.values()) yield* own
  }

  #leave(stream: Stream): void {
    const own = this.#streams.get(stream.agentId)
    if (own?.delete(stream) !== true) return
    this.#size -= 1
    if (own.size === 0) this.#streams.delete(stream.agentId)
  }

  #end(stream: Stream): void {
    this.#leave(stream)
    stream.end()
  }

  /** Brings one stream up to date: what came before is told before what comes now, and no older reading after a newer one. */
  async #update(stream: Stream, reading: Batcher<Behind, Present>): Promise<void> {
    stream.updating += 1
    try {
      const { epoch, halts, drills, missed } = await reading.submit({ agentId: stream.agentId, after: stream.told })
      if (this.#streams.get(stream.agentId)?.has(stream) !== true) return
      if (stream.newest !== null && epoch < stream.newest) return
      // The ids go up only as far as was told: a client cut off in between comes back with one that lets nothing be left out.
      const state = drills.length > 0 ? { halts, drills } : { halts }
      stream.tell(frame('state', missed.length > 0 ? (stream.told ?? epoch) : epoch, state))
      for (const { epoch: began, halt } of missed) {
        stream.tell(frame('engaged', began, halt))
        if (halt.lifted_at !== null) stream.tell(frame('lifted', began, halt))
      }
      if (missed.length > 0) stream.tell(toldUpTo(epoch))
      stream.told = epoch
      stream.newest = epoch
    } finally {
      stream.updating -= 1
      if (stream.newest !== null) this.#catchUp(stream)
    }
  }

  /** Tells what came while it was brought up to date, but for what the state already says. */
  #catchUp(stream: Stream): void {
    if (stream.updating > 0) return
    for (const { epoch, text } of stream.later.splice(0))
      if (stream.newest === null || epoch > stream.newest) this.#write(stream, epoch, text)
  }

  /**
   * On connections that decisions cannot use up, and where those fail on any. Whoever cannot be brought up to date is let go: it connects again, and
   * is told the present state.
   */
  async #again(stream: Stream): Promise<void> {
    try {
      await this.#update(stream, this.#anew).catch((error: unknown) => {
        this.options.onError(error)
        return this.#update(stream, this.#first)
      })
    } catch (error) {
      this.options.onError(error)
      this.#end(stream)
    }
  }

  #heard(payload: string): void {
    // gate_apply() wrote it
    const { change, id, epoch } = JSON.parse(payload) as { change: string; id: string; epoch: number }
    if (change === 'halt.stage' || change === 'halt.stop') {
      void this.#tellStage(id)
      return
    }
    if (change !== 'halt.engage' && change !== 'halt.lift') return
    this.#news.push({ id, event: change === 'halt.engage' ? 'engaged' : 'lifted', epoch: BigInt(epoch) })
    if (!this.#telling) void this.#tellAll()
  }

  /**
   * A stage of a lift began, or the lift was stopped: whom it ever let go is told what is in force for them now. Where that cannot be read,
   * everybody is brought up to date instead: whoever is halted again has to stop.
   */
  async #tellStage(haltId: string): Promise<void> {
    const letGo = await findLetGo(this.options.urgent, haltId).catch((error: unknown) => {
      this.options.onError(error)
      return [...this.#streams.keys()]
    })
    for (const agentId of letGo) for (const stream of [...(this.#streams.get(agentId) ?? [])]) void this.#again(stream)
  }

  /** One batch of news after the other, in order; what comes while one is read makes the next. */
  async #tellAll(): Promise<void> {
    this.#telling = true
    while (this.#news.length > 0) {
      const batch = this.#news
      this.#news = []
      try {
        await this.#tell(batch)
      } catch (error) {
        this.options.onError(error)
        // not read, so not told: everybody is brought up to date instead
        await Promise.all([...this.#all()].map((stream) => this.#again(stream)))
      }
    }
    this.#telling = false
  }

  async #tell(batch: readonly Heard[]): Promise<void> {
    const rows = await findHalts(
      this.options.urgent,
      batch.map(({ id }) => id),
    )
    for (const { id, event, epoch } of batch) {
      const row = rows.find((each) => each.id === id)
      if (row === undefined) continue
      const text = frame(event, epoch, eventOf(row, null))
      for (const stream of await this.#concerned(row)) {
        if (stream.updating > 0) {
          stream.later.push({ epoch, text })
          // its first reading may wait for decisions: a halt does not
          if (stream.joining && event === 'engaged') void this.#again(stream)
        } else this.#write(stream, epoch, text)
      }
    }
  }

  /** A rehearsal began: whoever it is for hears of it, once. That somebody confirmed, or that it ended, is nothing to tell. */
  async #rehearse(drillId: string): Promise<void> {
    if (this.#rehearsed.has(drillId)) return
    const begun = await rehearsalBegun(this.options.urgent, drillId)
    if (begun === null) return
    this.#rehearsed.add(drillId)
    const text = frameAside('drill', begun.event)
    for (const agentId of begun.agents) for (const stream of this.#streams.get(agentId) ?? []) stream.tell(text)
  }

  async #concerned(row: HaltRow): Promise<Stream[]> {
    if (row.scope === 'agent' || row.scope === 'run') return [...(this.#streams.get(row.agent_id ?? '') ?? [])]
    if (row.scope !== 'team' && row.scope !== 'environment') return [...this.#all()]
    const subjects = await findSubjects(this.options.urgent, [...this.#streams.keys()])
    return subjects.filter((agent) => concerns(row, agent)).flatMap(({ id }) => [...(this.#streams.get(id) ?? [])])
  }

  #write(stream: Stream, epoch: bigint, text: string): void {
    stream.tell(text)
    if (stream.told === null || epoch > stream.told) stream.told = epoch
  }
}
