import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { credentialsStanding } from '@/lib/agents/standing'
import { closing } from '@/lib/core/closing'
import { gauge } from '@/lib/core/metrics'
import { db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import type { AgentPrincipal } from '@/lib/gateway/credential'
import { eventWriter } from '@/lib/gateway/event-stream'
import type { Gateway } from '@/lib/gateway/routes'
import { HaltHub } from '@/lib/halt/hub'

const BEAT_MS = 15_000
/** Streams written to in one turn of the event loop: a beat of thousands keeps no decision waiting. */
const SLICE = 200

const streams = gauge('countersign_halt_streams', 'Agents connected to the stream of halts.')

type Open = { raw: ServerResponse; credentialId: string; write: (text: string) => void }

/** The open streams of one server: what is told, and one clock for all that shows them the connection lives (C31). */
export class HaltStreams {
  readonly #hub: HaltHub
  readonly #open = new Set<Open>()
  readonly #clock: NodeJS.Timeout
  readonly #endAll = () => {
    for (const { raw } of this.#open) raw.end()
  }

  constructor(private readonly gateway: Gateway) {
    const { haltStreams } = gateway.settings
    this.#hub = new HaltHub({
      sql: pool('app'),
      urgent: pool('reserved'),
      onError: report,
      ...(haltStreams !== undefined && { most: haltStreams }),
    })
    this.#clock = setInterval(() => {
      this.#beat().catch(report)
    }, BEAT_MS)
    closing().addEventListener('abort', this.#endAll)
  }

  /**
   * Answers with an agent's stream, until the client goes, the server stops or the credential no longer stands.
   * @param after the id of the last event the client saw, or null
   * @throws Fault `unavailable` when there are as many streams as may be
   */
  async open({ agentId, credentialId }: AgentPrincipal, after: bigint | null, reply: FastifyReply): Promise<void> {
    const { raw } = reply
    const write = eventWriter(raw, () => {
      reply.hijack()
    })
    const leave = await this.#hub.join(agentId, after, write, () => raw.destroy())
    const one = { raw, credentialId, write }
    this.#open.add(one)
    const over = () => {
      this.#open.delete(one)
      leave()
      streams(this.#hub.size)
    }
    streams(this.#hub.size)
    if (raw.destroyed) over()
    else raw.once('close', over)
    if (closing().aborted) raw.end()
  }

  close(): void {
    clearInterval(this.#clock)
    closing().removeEventListener('abort', this.#endAll)
    this.#hub.close()
  }

  /** Ends those whose credential no longer stands, and shows the others that the connection lives. */
  async #beat(): Promise<void> {
    const all = [...this.#open]
    // Where nobody can be asked, nobody stands: a stream that could tell nothing must not look alive.
    const standing = await credentialsStanding(
      db(),
      [...new Set(all.map(({ credentialId }) => credentialId))],
      this.gateway.now(),
    ).catch((error: unknown) => {
      report(error)
      return new Set<string>()
    })
    for (let at = 0; at < all.length; at += SLICE) {
      for (const { raw, credentialId, write } of all.slice(at, at + SLICE)) {
        if (standing.has(credentialId)) write(': beat\n\n')
        else raw.end()
      }
      await turn()
    }
  }
}

function report(error: unknown): void {
  console.error('halts stream:', error)
}
