import { hookTokenHash, readHookToken } from '@/lib/agents/read-hook-tokens'
import { HOOK_TOKEN_PREFIX } from '@/lib/agents/hook-token'
import { fault } from '@/lib/core/fault'
import { counter } from '@/lib/core/metrics'
import { db } from '@/lib/db/client'
import { machinesOf } from '@/lib/gateway/agent-request'
import { requireStanding, type AgentPrincipal } from '@/lib/gateway/credential'
import type { Gateway } from '@/lib/gateway/routes'

const refused = counter('countersign_hook_credentials_refused_total', 'Hooks whose token was not accepted.')

/** Who sent a hook, and how to look again whether their token stands. */
export type HookPrincipal = AgentPrincipal & {
  /** @throws Fault `invalid_credential` when it was revoked since, or has ended */
  stillStands: () => Promise<void>
}

/**
 * The agent behind a hook: by a hook token, or by an access token as anywhere else. The database is asked, both before anything is decided
 * and before an allow is answered, so that a token that was revoked in between lets nothing through.
 * @throws Fault `unauthenticated`, `invalid_credential`
 */
export async function principalOf(
  gateway: Gateway,
  authorization: string | undefined,
  as: 'heard' | 'begins' = 'heard',
): Promise<HookPrincipal> {
  try {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    if (token?.startsWith(HOOK_TOKEN_PREFIX) === true) {
      const hash = hookTokenHash(token)
      const { hooks } = machinesOf(gateway)
      if (hash === undefined || (await hooks.recall((all) => all.has(hash) || undefined)) === undefined) nobody()
      const known = await standing(gateway, token, as)
      return { ...known, scope: 'act', stillStands: async () => void (await standing(gateway, token, 'heard')) }
    }
    const principal = await gateway.authenticate(authorization, gateway.now())
    const look = () => requireStanding(db(), principal, gateway.now())
    await look()
    return { ...principal, stillStands: look }
  } catch (error) {
    refused()
    throw error
  }
}

async function standing(gateway: Gateway, token: string, as: 'heard' | 'begins') {
  const { agentId, credentialId, clientId } = (await readHookToken(db(), token, gateway.now(), as)) ?? nobody()
  return { agentId, credentialId, clientId }
}

function nobody(): never {
  throw fault('invalid_credential', {
    detail: 'This hook token was revoked, has ended, or is none. Make another: npx countersign hook token.',
  })
}
