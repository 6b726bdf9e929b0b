import { onHeard, onHearingAgain } from '@/lib/db/bus'
import { queryOne, type Sql } from '@/lib/ledger/sql'
import type { HaltEvent } from './contract'
import { haltForAgent, haltsFor, haltsMissed } from './read'
import { findHalt } from './store'

/** What an agent's stream says. `state`: everything in force for it now. `epoch` is the gate's; a client sends the last one back. */
export type HaltNews =
  | { event: 'state'; epoch: bigint; data: { halts: HaltEvent[] } }
  | { event: 'engaged' | 'lifted'; epoch: bigint; data: HaltEvent }

type Listening = {
  agentId: string
  tell: (news: HaltNews) => void
  end: () => void
  /** What came while it was still being told what it missed: a lift must not overtake the engagement it ends. Null once it is up to date. */
  later: HaltNews[] | null
}

/** Streams one agent may hold on a replica: more than it has processes, too few to use up what others need (C39). */
export const MOST_STREAMS = 32

/**
 * Tells connected agents of halts (C31). A notification says that one was engaged or lifted; what it is, is read again. After
 * the listening connection was lost, everybody is told the present state, so that no halt is missed.
 */
export class HaltHub {
  readonly #listening = new Set<Listening>()
  readonly #stop: (() => void)[]

  constructor(
    private readonly sql: Sql,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#stop = [
      onHeard('gate', (payload) => {
        this.#heard(payload)
      }),
      onHearingAgain(() => {
        for (const one of this.#listening) this.#state(one).catch(this.onError)
      }),
    ]
  }

  /**
   * Begins to tell an agent: the present state first, then what it missed since `after`, then whatever comes. Answers how to end it.
   * One stream too many ends the agent's oldest: whoever still lives behind it connects again, and is told the present state.
   * @param after the epoch of the last event the client saw, or null
   * @param end lets the client go
   */
  async join(
    agentId: string,
    after: bigint | null,
    tell: (news: HaltNews) => void,
    end: () => void,
  ): Promise<() => void> {
    const one: Listening = { agentId, tell, end, later: [] }
    const own = [...this.#listening].filter((each) => each.agentId === agentId)
    for (const oldest of own.slice(0, Math.max(0, own.length - MOST_STREAMS + 1))) {
      this.#listening.delete(oldest)
      oldest.end()
    }
    // joined before reading: what is engaged meanwhile is told twice rather than never
    this.#listening.add(one)
    try {
      await this.#state(one)
      if (after !== null) await this.#missed(one, after)
      const { later } = one
      one.later = null
      for (const news of later ?? []) tell(news)
    } catch (error) {
      this.#listening.delete(one)
      throw error
    }
    return () => {
      this.#listening.delete(one)
    }
  }

  /** How many streams are told now. */
  get size(): number {
    return this.#listening.size
  }

  close(): void {
    for (const stop of this.#stop) stop()
    this.#listening.clear()
  }

  #heard(payload: string): void {
    const { change, id } = JSON.parse(payload) as { change: string; id: string } // gate_apply() wrote it
    if (change === 'halt.engage' || change === 'halt.lift')
      this.#tell(id, change === 'halt.engage' ? 'engaged' : 'lifted').catch(this.onError)
  }

  async #tell(haltId: string, event: 'engaged' | 'lifted'): Promise<void> {
    const row = await findHalt(this.sql, haltId)
    if (row === null) return
    const epoch = await this.#epoch()
    const one = row.scope === 'agent' || row.scope === 'run'
    const named = [...this.#listening].filter(({ agentId }) => !one || row.agent_id === agentId)
    const agents = new Set(named.map(({ agentId }) => agentId))
    // one reading serves all where the scope needs no more of an agent than its id
    const same = row.scope === 'organisation' || one
    const first = named[0]
    const shared = same && first ? await haltForAgent(this.sql, first.agentId, haltId) : null
    for (const agentId of agents) {
      const data = same ? shared : await haltForAgent(this.sql, agentId, haltId)
      if (data === null) continue
      for (const one of named.filter((each) => each.agentId === agentId)) {
        if (one.later) one.later.push({ event, epoch, data })
        else one.tell({ event, epoch, data })
      }
    }
  }

  async #missed({ agentId, tell }: Listening, after: bigint): Promise<void> {
    const epoch = await this.#epoch()
    for (const halt of await haltsMissed(this.sql, agentId, after)) {
      tell({ event: 'engaged', epoch, data: halt })
      if (halt.lifted_at !== null) tell({ event: 'lifted', epoch, data: halt })
    }
  }

  async #state({ agentId, tell }: Listening): Promise<void> {
    // the epoch first: what moves in between is then told again after a reconnect
    const epoch = await this.#epoch()
    tell({ event: 'state', epoch, data: { halts: await haltsFor(this.sql, agentId) } })
  }

  async #epoch(): Promise<bigint> {
    const row = await queryOne<{ epoch: string }>(this.sql, 'SELECT epoch::text AS epoch FROM gate')
    return BigInt(row?.epoch ?? 0)
  }
}
