import { publicId } from '@/lib/core/ids'
import { onHeard } from '@/lib/db/bus'
import type { HaltEvent } from '@/lib/halt/contract'
import { HaltHub } from '@/lib/halt/hub'
import type { Sql } from '@/lib/ledger/sql'

/** What runs at an upstream now, for one agent. */
export type Running = { agentId: string; runId: string | null; upstreamId: string; server: string; tool: string | null }
export type StopReason = 'halted' | 'disconnected'

type One = Running & { stop: (reason: StopReason) => void }

/**
 * Breaks off what runs at upstreams when a halt covers it (C31) or its upstream is disconnected. One place at the hub an agent: a halt is heard
 * once and stops each of its calls that it covers.
 */
export class RunningCalls {
  readonly #calls = new Map<string, Set<One>>()
  readonly #leave = new Map<string, Promise<() => void>>()
  readonly #hub: HaltHub
  readonly #unheard: () => void

  constructor(sql: Sql, onError: (error: unknown) => void) {
    this.#hub = new HaltHub(sql, onError)
    this.#unheard = onHeard('gate', (payload) => {
      const { change, id } = JSON.parse(payload) as { change: string; id: string } // gate_apply() wrote it
      if (change === 'upstream.disconnect') this.#each((one) => one.upstreamId === id, 'disconnected')
    })
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
    try {
      await this.#join(agentId)
    } catch (error) {
      this.#left(agentId, one)
      throw error
    }
    return () => {
      this.#left(agentId, one)
    }
  }

  /** How many run now. */
  get size(): number {
    return [...this.#calls.values()].reduce((sum, { size }) => sum + size, 0)
  }

  close(): void {
    this.#unheard()
    this.#hub.close()
    this.#each(() => true, 'disconnected')
  }

  async #join(agentId: string): Promise<void> {
    const known = this.#leave.get(agentId)
    if (known !== undefined) {
      await known
      return
    }
    const joined = this.#hub.join(
      agentId,
      null,
      (news) => {
        if (news.event === 'engaged') this.#halted(agentId, [news.data])
        else if (news.event === 'state') this.#halted(agentId, news.data.halts)
      },
      () => undefined,
    )
    this.#leave.set(agentId, joined)
    try {
      await joined
    } catch (error) {
      this.#leave.delete(agentId)
      throw error
    }
  }

  #left(agentId: string, one: One): void {
    const all = this.#calls.get(agentId)
    all?.delete(one)
    if (all === undefined || all.size > 0) return
    this.#calls.delete(agentId)
    const leave = this.#leave.get(agentId)
    this.#leave.delete(agentId)
    leave?.then(
      (end) => {
        end()
      },
      () => undefined,
    )
  }

  #halted(agentId: string, halts: readonly HaltEvent[]): void {
    this.#each((one) => one.agentId === agentId && halts.some((halt) => covers(halt, one)), 'halted')
  }

  #each(which: (one: One) => boolean, reason: StopReason): void {
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
