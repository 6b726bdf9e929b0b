import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { openTokenKeys, type TokenKeys } from '@/lib/agents/token-keys'
import { actionRoutes } from '@/lib/gateway/actions'
import { authenticator, type Authenticator } from '@/lib/gateway/credential'
import { engageRoutes } from '@/lib/gateway/engage-halts'
import { authzenRoutes } from '@/lib/gateway/authzen/routes'
import { grantRoutes } from '@/lib/gateway/grants'
import { haltRoutes } from '@/lib/gateway/halts'
import { hookTokenRoutes } from '@/lib/gateway/hook-tokens'
import { claudeCodeRoutes } from '@/lib/gateway/hooks/claude-code'
import { logRoutes } from '@/lib/gateway/log'
import { mcpRoutes } from '@/lib/gateway/mcp/routes'
import { oauthRoutes } from '@/lib/gateway/oauth'
import { openApiRoutes } from '@/lib/gateway/openapi'
import { resourceRoutes } from '@/lib/gateway/resources'
import { runRoutes } from '@/lib/gateway/runs'
import { sandboxRoutes } from '@/lib/gateway/sandbox'
import type { OnDefect } from '@/lib/gateway/server/problems'
import { securityEventRoutes } from '@/lib/gateway/security-events'
import { signalRoutes } from '@/lib/gateway/signals-out'
import type { Settings } from '@/lib/gateway/server/settings'

/** What every protocol is given. */
export type Gateway = {
  settings: Settings
  /** `PUBLIC_URL` without a trailing slash. With `PORT=0` it is known only once the server listens, hence asked each time. */
  issuer: () => string
  /** What access tokens are signed with. */
  keys: TokenKeys
  /** Who sent a request's `Authorization` header. */
  authenticate: Authenticator['authenticate']
  now: () => Date
  /** Hears of what is our failure, from a protocol that answers it in its own form. */
  onDefect: OnDefect
}

/**
 * The protocols machines speak, one file each under `lib/gateway/`, registered here and nowhere else: a file exports
 * `async function xRoutes(app: FastifyInstance, gateway: Gateway)` and gets a line below. Routes throw faults; bodies were
 * parsed strictly before they see them, and are validated by the room's contract.
 */
export async function registerRoutes(
  app: FastifyInstance,
  { settings, onDefect }: { settings: Settings; onDefect: OnDefect },
): Promise<void> {
  const keys = await openTokenKeys(path.join(settings.dataFolder, 'keys'), process.env)
  const issuer = () => settings.publicUrl.origin
  const gateway: Gateway = {
    settings,
    issuer,
    keys,
    authenticate: authenticator(keys, issuer).authenticate,
    now: () => new Date(),
    onDefect,
  }
  for (const routes of PROTOCOLS) await app.register(routes, gateway)
}

const PROTOCOLS: readonly ((app: FastifyInstance, gateway: Gateway) => Promise<void>)[] = [
  oauthRoutes,
  actionRoutes,
  runRoutes,
  sandboxRoutes,
  grantRoutes,
  resourceRoutes,
  haltRoutes,
  hookTokenRoutes,
  claudeCodeRoutes,
  engageRoutes,
  securityEventRoutes,
  signalRoutes,
  logRoutes,
  mcpRoutes,
  authzenRoutes,
  openApiRoutes,
]
