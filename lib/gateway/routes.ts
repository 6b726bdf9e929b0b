import type { FastifyInstance } from 'fastify'
import type { Settings } from '@/lib/gateway/server/settings'

/** What every protocol is given. */
export type Gateway = { settings: Settings }

/**
 * The protocols machines speak, one file each under `lib/gateway/`, registered here and nowhere else: a file exports
 * `async function xRoutes(app: FastifyInstance, gateway: Gateway)` and gets a line below. Routes throw faults; bodies were
 * parsed strictly before they see them, and are validated by the room's contract.
 */
export async function registerRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  for (const routes of PROTOCOLS) await app.register(routes, gateway)
}

const PROTOCOLS: readonly ((app: FastifyInstance, gateway: Gateway) => Promise<void>)[] = []
