import { jwtVerify, SignJWT, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import type { KeyObject } from 'node:crypto'
import { fault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import type { AgentState } from './agent'

/** What an access token lets its agent do: act, or hear of halts, acknowledge them and report outcomes (stop-only, C32). */
export const TOKEN_SCOPES = ['act', 'halts'] as const
export type TokenScope = (typeof TOKEN_SCOPES)[number]

/** Ten minutes: the longest a stolen token is worth anything, even where nobody asks the database about it (C03). */
export const TOKEN_SECONDS = 600
export const TOKEN_ALGORITHM = 'EdDSA'
const TOKEN_TYPE = 'at+jwt'

/**
 * The widest scope an agent is given now. A registered agent may ask (and is told, and recorded, that nothing is signed for
 * it); who is halted or suspended gets the stop-only scope; who is retired gets nothing.
 */
export function scopeFor(state: AgentState, halted: boolean): TokenScope | null {
  if (state === 'retired') return null
  return halted || state === 'suspended' ? 'halts' : 'act'
}

/** Who an access token speaks for. `state` and `halts` are never in it: whoever decides asks the database. */
export type TokenSubject = { agentId: string; credentialId: string; clientId: string; scope: TokenScope }
/** `audience`: the issuer, or the one resource of it that the token is for (RFC 8707). */
export type AccessToken = TokenSubject & { tokenId: string; expiresAt: number; audience: string }

/** One Ed25519 key of the issuer. */
export type SigningKey = { kid: string; privateKey: KeyObject }

/**
 * An access token by the JWT profile (RFC 9068 §2.2).
 * @param now seconds since 1970
 * @param audience the issuer, or one resource of it, `ISSUER/mcp/SERVER`
 */
export async function signAccessToken(
  key: SigningKey,
  issuer: string,
  subject: TokenSubject,
  tokenId: string,
  now: number,
  audience: string = issuer,
): Promise<string> {
  return new SignJWT({
    client_id: subject.clientId,
    credential: publicId('credential', subject.credentialId),
    scope: subject.scope,
  })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: key.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(publicId('agent', subject.agentId))
    .setJti(tokenId)
    .setIssuedAt(now)
    .setExpirationTime(now + TOKEN_SECONDS)
    .sign(key.privateKey)
}

/**
 * Reads an access token: signature, type, issuer, audience and time (RFC 9068 §4). It says nothing about whether the
 * credential still stands.
 * @param now the clock to judge expiry by
 * @throws Fault `invalid_credential`
 */
export async function readAccessToken(
  token: string,
  keys: JWTVerifyGetKey,
  issuer: string,
  now: Date,
): Promise<AccessToken> {
  let payload: JWTPayload
  try {
    const verified = await jwtVerify(token, keys, {
      algorithms: [TOKEN_ALGORITHM],
      typ: TOKEN_TYPE,
      issuer,
      currentDate: now,
      maxTokenAge: TOKEN_SECONDS,
      requiredClaims: ['sub', 'exp', 'iat', 'jti', 'client_id', 'scope', 'credential', 'aud'],
    })
    payload = verified.payload
  } catch (error) {
    throw fault('invalid_credential', {
      detail: 'The access token is not valid, or it has expired. Ask for another.',
      cause: error,
    })
  }
  const { sub, exp, jti, aud, client_id: clientId, scope, credential } = payload
  if (
    typeof sub !== 'string' ||
    typeof aud !== 'string' ||
    !(aud === issuer || aud.startsWith(`${issuer}/mcp/`)) ||
    typeof exp !== 'number' ||
    typeof jti !== 'string' ||
    typeof clientId !== 'string' ||
    typeof credential !== 'string' ||
    !TOKEN_SCOPES.some((known) => known === scope)
  )
    throw fault('invalid_credential')
  return {
    agentId: idIn('agent', sub),
    credentialId: idIn('credential', credential),
    clientId,
    scope: scope as TokenScope,
    tokenId: jti,
    audience: aud,
    expiresAt: exp,
  }
}

function idIn(kind: 'agent' | 'credential', text: string): string {
  try {
    return parsePublicId(kind, text)
  } catch (error) {
    throw fault('invalid_credential', { cause: error })
  }
}
