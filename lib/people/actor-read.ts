import type { Db } from '@/lib/db/client'
import type { Actor } from './actor'
import { actorOfCommandLine, actorOfSession, actorOfTokenHash } from './actor-store'
import { COMMAND_LINE_TOKEN } from './device-login'
import { hashSecret, looksLikeSecret, TOKEN_PREFIX } from './one-time'
import { sessionIdOf } from './session-cookie'

/** Who a request's `Cookie` header signs in, asked of the database now: a session revoked a moment ago is nobody. */
export async function actorOfCookies(db: Db, cookieHeader: string | null | undefined): Promise<Actor | undefined> {
  const sessionId = await sessionIdOf(cookieHeader)
  return sessionId === undefined ? undefined : actorOfSession(db, sessionId)
}

/**
 * Who an `Authorization: Bearer` header speaks for (RFC 6750 §2.1): `cst_…` an API token, `cs_cli_…` a command line somebody logged in;
 * undefined for any other or dead token.
 */
export async function actorOfBearer(db: Db, authorization: string | null | undefined): Promise<Actor | undefined> {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) return undefined
  if (COMMAND_LINE_TOKEN.test(token)) return actorOfCommandLine(db, hashSecret(token))
  if (!looksLikeSecret(token, TOKEN_PREFIX)) return undefined
  return actorOfTokenHash(db, hashSecret(token))
}
