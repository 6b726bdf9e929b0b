import { randomUUID } from 'node:crypto'
import { onHeard } from '@/lib/db/bus'
import { upstreamError } from './failure'
import { programNamed } from './programs'
import type { Connected } from './read'
import { StdioProgram } from './stdio'

/** A program nobody spoke to for so long is ended, in milliseconds. */
const IDLE_MS = 10 * 60_000
const MOST_OF_AGENT = 8
const MOST = 64

type Kept = { agentId: string; upstreamId: string; program: StdioProgram; usedAt: number }

/**
 * The programs that run for agents on this replica, one a session, so that no agent's memory is another's. A session lives here alone: on another
 * replica, or after a restart, it is not found, and its client begins another (MCP 2025-11-25, "Session Management").
 */
export class RunningPrograms {
  readonly #kept = new Map<string, Kept>()
  readonly #unheard: () => void
  readonly #sweep: NodeJS.Timeout

  constructor(private readonly dataFolder: string) {
    this.#unheard = onHeard('gate', (payload) => {
      const { change, id } = JSON.parse(payload) as { change: string; id: string } // gate_apply() wrote it
      if (change === 'upstream.disconnect') this.#close(({ upstreamId }) => upstreamId === id)
    })
    this.#sweep = setInterval(() => {
      this.#close(({ usedAt }) => usedAt < Date.now() - IDLE_MS)
    }, 30_000)
    this.#sweep.unref()
  }

  /** Starts a program for a session of its own. @throws UpstreamError `upstream_program` */
  begin(agentId: string, to: Connected): { session: string; program: StdioProgram } {
    const session = randomUUID()
    return { session, program: this.#start(session, agentId, to) }
  }

  /** The program of a session; null where it is over, or was never here. */
  of(agentId: string, upstreamId: string, session: string): StdioProgram | null {
    const kept = this.#kept.get(session)
    if (kept === undefined || kept.agentId !== agentId || kept.upstreamId !== upstreamId || !kept.program.alive)
      return null
    kept.usedAt = Date.now()
    return kept.program
  }

  /** The program of an agent whose client has no sessions. @throws UpstreamError `upstream_program` */
  shared(agentId: string, to: Connected): StdioProgram {
    const key = `${agentId} ${to.id}`
    return this.of(agentId, to.id, key) ?? this.#start(key, agentId, to)
  }

  /** Ends the program of a session. */
  end(session: string): void {
    this.#kept.get(session)?.program.close()
    this.#kept.delete(session)
  }

  /** How many run. */
  get size(): number {
    return this.#kept.size
  }

  close(): void {
    this.#unheard()
    clearInterval(this.#sweep)
    this.#close(() => true)
  }

  #start(key: string, agentId: string, to: Connected): StdioProgram {
    const own = [...this.#kept].filter(([, kept]) => kept.agentId === agentId)
    // whoever begins one too many is not using its oldest
    const [oldest] = own.toSorted(([, a], [, b]) => a.usedAt - b.usedAt)
    if (own.length >= MOST_OF_AGENT && oldest !== undefined) this.end(oldest[0])
    if (this.#kept.size >= MOST) throw upstreamError('upstream_program')
    const program = new StdioProgram(programNamed(this.dataFolder, to.address), () => {
      if (this.#kept.get(key)?.program === program) this.#kept.delete(key)
    })
    this.#kept.set(key, { agentId, upstreamId: to.id, program, usedAt: Date.now() })
    return program
  }

  #close(which: (kept: Kept) => boolean): void {
    for (const [key, kept] of [...this.#kept]) if (which(kept)) this.end(key)
  }
}
