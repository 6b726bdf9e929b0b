import type { Db } from '@/lib/db/client'
import type { Actor } from './actor'
import { actorOfCommandLine, actorOfSession, actorOfTokenHash, standingTokenHashes } from './actor-store'
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
  const token = bearerOf(authorization)
  if (token === undefined) return undefined
  if (COMMAND_LINE_TOKEN.test(token)) return actorOfCommandLine(db, hashSecret(token))
  return actorOfTokenHash(db, hashSecret(token))
}

/** What is kept of the token in such a header, in base64; undefined where there is none of the form of ours. */
export function bearerHash(authorization: string | null | undefined): string | undefined {
  const token = bearerOf(authorization)
  return token === undefined ? undefined : Buffer.from(hashSecret(token)).toString('base64')
}

/** What `bearerHash` is of every token that stands now: for whoever has to tell one of ours from a guess without asking each time. */
export async function bearersStanding(db: Db): Promise<ReadonlySet<string>> {
  return new Set(await standingTokenHashes(db))
}

function bearerOf(authorization: string | null | undefined): string | undefined {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) return undefined
  return COMMAND_LINE_TOKEN.test(token) || looksLikeSecret(token, TOKEN_PREFIX) ? token : undefined
}
