import { timingSafeEqual } from 'node:crypto'
import { sha256 } from '@/lib/core/canonical'
import type { Db } from '@/lib/db/client'
import type { AgentState } from './agent'
import { CLIENT_ID, isUsable, SECRET } from './credential'
import { credentialByClientId, touchCredential } from './store'

/** Who came to `POST /oauth/token` and proved it. */
export type ProvenClient = {
  credentialId: string
  clientId: string
  agent: { id: string; slug: string; state: AgentState; teamId: string; environment: string }
}

const NOBODY = sha256('no credential has this hash')

/**
 * Proves a client by its id and secret (RFC 6749 §2.3.1); null when it is unknown, revoked, past its end, retired, or the
 * secret is another: the answer never says which. Forms are checked first, so that junk costs no query.
 *
 * A secret is 256 random bits, so it is kept and compared as its plain SHA-256: there is nothing to guess that a slow
 * hash would slow down. The comparison takes the same time wherever the two differ.
 */
export async function exchange(db: Db, clientId: string, secret: string, now: Date): Promise<ProvenClient | null> {
  if (!CLIENT_ID.test(clientId) || !SECRET.test(secret)) return null
  const credential = await credentialByClientId(db, clientId)
  // an enforcement point's credential has no secret: nobody gets a token with it
  const matches = timingSafeEqual(sha256(secret), credential?.secretHash ?? NOBODY)
  if (credential === null || credential.secretHash === null || !matches || !isUsable(credential, now)) return null
  if (credential.agent.state === 'retired') return null
  await touchCredential(db, credential.id, now)
  return { credentialId: credential.id, clientId, agent: credential.agent }
}
