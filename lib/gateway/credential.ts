import { credentialStands } from '@/lib/agents/standing'
import { readAccessToken, type AccessToken } from '@/lib/agents/token'
import type { TokenKeys } from '@/lib/agents/token-keys'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'

/** The agent behind a request, as its access token says. Its state, and whether the credential still stands, are not in it. */
export type AgentPrincipal = Pick<AccessToken, 'agentId' | 'credentialId' | 'clientId' | 'scope'>

export type Authenticator = {
  /**
   * Who sent this `Authorization` header (RFC 6750 §2.1).
   * @param resource the address that is asked, where tokens may be for it alone (RFC 8707); a token for another is not taken
   * @throws Fault `unauthenticated` without a bearer token, `invalid_credential` for one that is not ours or is over
   */
  authenticate: (authorization: string | undefined, now: Date, resource?: string) => Promise<AgentPrincipal>
}

// A token is read once and remembered until it ends: what is cached is that the issuer signed it, never that its agent may
// act. decide() and `requireStanding` ask the database each time.
const MOST_REMEMBERED = 20_000

/**
 * Reads access tokens of one issuer.
 * @param issuer `PUBLIC_URL`, asked each time: with `PORT=0` it is known only once the server listens
 */
export function authenticator(keys: TokenKeys, issuer: () => string): Authenticator {
  const read = new Map<string, AccessToken>()
  return {
    async authenticate(authorization, now, resource) {
      const token = bearer(authorization)
      const known = read.get(token)
      if (known !== undefined) {
        if (known.expiresAt * 1000 > now.getTime()) return meantFor(known, issuer(), resource)
        read.delete(token)
      }
      const fresh = await readAccessToken(token, keys.verifying, issuer(), now)
      if (read.size >= MOST_REMEMBERED) forgetOldest(read)
      read.set(token, fresh)
      return meantFor(fresh, issuer(), resource)
    },
  }
}

/** A token for the whole server is good everywhere here; one for a resource there alone (RFC 8707 §3). @throws Fault `invalid_credential` */
function meantFor(token: AccessToken, issuer: string, resource: string | undefined): AccessToken {
  if (token.audience === issuer || token.audience === resource) return token
  throw fault('invalid_credential', { detail: 'This access token is for another address of this server.' })
}

/** Refuses a stop-only token where something would be decided (C32). @throws Fault `stop_only` */
export function requireAct(principal: AgentPrincipal): void {
  if (principal.scope !== 'act') throw fault('stop_only')
}

/**
 * Asks the database whether the credential behind a token still stands: for every request that does not go through
 * decide(), which asks by itself (C03: a revoked credential fails on its next call).
 * @throws Fault `invalid_credential`
 */
export async function requireStanding(db: Db, principal: AgentPrincipal, now: Date): Promise<void> {
  if (!(await credentialStands(db, principal.credentialId, principal.agentId, now)))
    throw fault('invalid_credential', { detail: 'The credential behind this token was revoked, or has ended.' })
}

function bearer(authorization: string | undefined): string {
  const match = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization ?? '')
  if (match?.[1] === undefined)
    throw fault('unauthenticated', { detail: 'Send an access token from /oauth/token as “Authorization: Bearer …”.' })
  return match[1]
}

// A Map keeps the order of insertion, and tokens all live equally long: the first ones are the next to end.
function forgetOldest(read: Map<string, AccessToken>): void {
  let left = MOST_REMEMBERED / 10
  for (const token of read.keys()) {
    if (left-- <= 0) return
    read.delete(token)
  }
}
