import { publicId } from '@/lib/core/ids'
import { onHeard, onHearingAgain } from '@/lib/db/bus'
import type { HaltEvent } from '@/lib/halt/contract'
import { haltsFor } from '@/lib/halt/read'
import type { Sql } from '@/lib/ledger/sql'

/** What runs at an upstream now, for one agent. */
export type Running = { agentId: string; runId: string | null; upstreamId: string; server: string; tool: string | null }
export type StopReason = 'halted' | 'disconnected'

type One = Running & { stop: (reason: StopReason) => void }

/**
 * Breaks off what runs at upstreams when a halt covers it (C31) or its upstream is disconnected. What is heard only makes the halts in force be
 * read again, once for each agent with something running; after the listening connection was lost, they are read for all of them.
 */
export class RunningCalls {
  readonly #calls = new Map<string, Set<One>>()
  readonly #unheard: (() => void)[]

  constructor(
    private readonly sql: Sql,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#unheard = [
      onHeard('gate', (payload) => {
        const { change, id } = JSON.parse(payload) as { change: string; id: string } // gate_apply() wrote it
        if (change === 'upstream.disconnect') this.#stop((one) => one.upstreamId === id, 'disconnected')
        else if (change.startsWith('halt.')) this.#lookAgain()
      }),
      onHearingAgain(() => {
        this.#lookAgain()
      }),
    ]
  }

  /**
   * From when this returns, a halt that covers the call stops it; one in force already has stopped it by then.
   * @returns how to end it
   */
  async enter(running: Running, stop: (reason: StopReason) => void): Promise<() => void> {
    const { agentId } = running
    const one: One = { ...running, stop }
    const all = this.#calls.get(agentId) ?? new Set<One>()
    this.#calls.set(agentId, all.add(one))
    const leave = () => {
      all.delete(one)
      if (all.size === 0 && this.#calls.get(agentId) === all) this.#calls.delete(agentId)
    }
    try {
      // entered before reading: what is engaged meanwhile is heard
      const halts = await haltsFor(this.sql, agentId)
      if (halts.some((halt) => covers(halt, one))) stop('halted')
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }

  /** How many run now. */
  get size(): number {
    return [...this.#calls.values()].reduce((sum, { size }) => sum + size, 0)
  }

  close(): void {
    for (const end of this.#unheard) end()
    this.#stop(() => true, 'disconnected')
  }

  #lookAgain(): void {
    for (const agentId of [...this.#calls.keys()])
      haltsFor(this.sql, agentId).then(
        (halts) => {
          this.#stop((one) => one.agentId === agentId && halts.some((halt) => covers(halt, one)), 'halted')
        },
        (error: unknown) => {
          // what cannot be read may be a halt of everything: fail closed
          this.onError(error)
          this.#stop((one) => one.agentId === agentId, 'halted')
        },
      )
  }

  #stop(which: (one: One) => boolean, reason: StopReason): void {
    for (const all of [...this.#calls.values()]) for (const one of [...all]) if (which(one)) one.stop(reason)
  }
}

/** Whether a halt that its agent is told of covers a call; a scope this version does not know covers everything. Pure. */
export function covers({ scope, run, target }: HaltEvent, { runId, server, tool }: Running): boolean {
  switch (scope) {
    case 'run':
      return runId !== null && run === publicId('run', runId)
    case 'server':
      return target === server
    case 'tool':
      return tool !== null && target === `${server}.${tool}`
    default:
      return true
  }
}
