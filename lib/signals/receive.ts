import type pg from 'pg'
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose'
import { sha256 } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { Kept } from '@/lib/core/kept'
import { counter } from '@/lib/core/metrics'
import { db, transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { countTry } from '@/lib/db/throttle'
import { engage } from '@/lib/halt/engage'
import { append } from '@/lib/ledger/append'
import type { ProviderKeys } from './provider-keys'
import { isHeardAt, readSecurityEvent, type EventSubject, type SetError } from './security-event'
import {
  agentsOf,
  insertEvent,
  personByEmail,
  personBySubject,
  providerOf,
  providerRows,
  seenEvent,
  type Outcome,
  type ProviderRow,
} from './store'

/** What a transmitter is told: taken (202), or why not (RFC 8935 §2.4). `again`: the same event had been taken before, and nothing happened. */
export type Received = { ok: true; again: boolean } | { ok: false; err: SetError; description: string }

/** Signatures that hold; never `none`, never a secret both sides know. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']
/** Refusals an hour and provider that become entries; all are counted. */
const MOST_RECORDED = 30

const refusals = counter('countersign_security_events_refused_total', 'Security events refused, by error.')
const taken = counter('countersign_security_events_total', 'Security events taken, by kind.')

/** What telling an event from a forgery takes, so that forgeries cost next to nothing. */
export type Door = {
  keys: ProviderKeys
  /** the providers that are heard */
  providers: Kept<ProviderRow[]>
  /** called before a refusal that would cost the database something. @throws Fault `too_many_requests` */
  refuses: () => void
  /** called with the provider whose signature holds. @throws Fault `too_many_requests` */
  proven: (providerId: string) => void
}

/** However many tokens come, the providers are read no more often than this, in milliseconds. */
const KEPT_MS = 250

/** The providers that are heard, kept for a moment. */
export const keptProviders = (): Kept<ProviderRow[]> => new Kept(() => providerRows(db()), KEPT_MS)

/**
 * Takes a Security Event Token that an identity provider pushed, and contains the agents of whom it is about: one halt for each, engaged by nobody in
 * person, whose reason names the event. It never lifts. The halts come first, each under lock K; then the event is kept, so that what was cut off
 * is done when the transmitter sends it again. The same token again does nothing.
 * @throws Fault `unavailable` when keys, gate or database cannot be had, or a key that is named may be a new one: the transmitter tries again;
 *   `too_many_requests`
 */
export async function receive(token: string, door: Door, now: Date): Promise<Received> {
  const issuer = issuerOf(token)
  if (issuer === null) return refused('invalid_request', 'This is no signed Security Event Token.')
  const heard = await door.providers.find((rows) => rows.find((row) => row.issuer === issuer))
  if (heard === undefined) return refused('invalid_issuer', 'This issuer is not heard here.')
  const verified = await verify(token, heard, door.keys, now)
  if (!verified.ok) {
    door.refuses()
    return noted(heard, verified, now)
  }
  door.proven(heard.id)
  // what was kept proves who signed, not that they are still heard
  const provider = await providerOf(db(), issuer)
  if (provider === null) return refused('invalid_issuer', 'This issuer is not heard here.')
  // trusted anew a moment ago: a refusal would make the transmitter drop what it is to send again
  if (provider.id !== heard.id || provider.jwksUrl !== heard.jwksUrl)
    throw fault('unavailable', { detail: 'What this issuer is trusted with has just changed.', retryAfterSeconds: 1 })
  const { claims } = verified
  const read = readSecurityEvent(claims)
  if (read === null) return noted(provider, refused('invalid_request', 'It says no event.'), now)

  const [jti, digest] = [sha256(Buffer.from(claims.jti)), sha256(Buffer.from(token))]
  const seen = await seenEvent(db(), provider.id, jti)
  if (seen !== null) {
    if (Buffer.from(seen.token).equals(digest)) return { ok: true, again: true }
    return noted(provider, refused('invalid_request', 'Another event came under this jti.'), now)
  }
  const { kind } = read
  let outcome: Outcome = kind === 'verification' ? 'verified' : 'ignored'
  let personId: string | null = null
  let agents = 0
  if (kind !== 'verification' && kind !== 'ignored') {
    personId = await personOf(provider, read.subjects)
    agents = personId === null ? 0 : await contain(provider, kind, personId, now)
    outcome = personId === null ? 'nobody' : agents === 0 ? 'no_agents' : 'contained'
  }
  await transaction(async (tx) => {
    const event = { providerId: provider.id, jti, token: digest, kind, outcome, personId, agents, at: now }
    if (!(await insertEvent(tx, event))) return
    await append(tx, {
      kind: 'security_event.received',
      actor: 'system',
      labels: [kind, outcome],
      ...(personId !== null && { about: { person: personId } }),
      subject: 'organisation',
      payload: { provider: provider.name, jti: claims.jti.slice(0, 255), agents },
    })
  })
  taken({ kind })
  return { ok: true, again: false }
}

type Claims = JWTPayload & { jti: string; iat: number }

async function verify(
  token: string,
  provider: ProviderRow,
  keys: ProviderKeys,
  now: Date,
): Promise<{ ok: true; claims: Claims } | (Received & { ok: false })> {
  const { kid, alg } = decodeProtectedHeader(token)
  if (!ALGORITHMS.some((known) => known === alg)) return refused('invalid_key', 'It is not signed in a way we take.')
  const verified = await verifyBy(await keys.of(provider, kid, now.getTime()), token, provider, now)
  const perhapsAnother = kid === undefined && !verified.ok && verified.err === 'invalid_key'
  return perhapsAnother ? verifyBy(await keys.again(provider, now.getTime()), token, provider, now) : verified
}

async function verifyBy(
  held: JWTVerifyGetKey,
  token: string,
  provider: ProviderRow,
  now: Date,
): Promise<{ ok: true; claims: Claims } | (Received & { ok: false })> {
  try {
    const payload = await payloadOf(token, held, {
      algorithms: ALGORITHMS,
      // RFC 8417 §2.3: an ID token or an access token of the same issuer is no security event
      typ: 'secevent+jwt',
      issuer: provider.issuer,
      audience: provider.audience,
      currentDate: now,
      requiredClaims: ['iss', 'aud', 'iat', 'jti', 'events'],
    })
    const { jti, iat } = payload
    if (typeof jti !== 'string' || jti === '' || typeof iat !== 'number')
      return refused('invalid_request', 'jti and iat are required.')
    if (!isHeardAt(iat, now)) return refused('invalid_request', 'It was issued too long ago, or in the future.')
    return { ok: true, claims: { ...payload, jti, iat } }
  } catch (error) {
    return refusalOf(error)
  }
}

/**
 * The payload of a token whose signature holds. One that names no key, of a provider that publishes several of its type, is held against each of
 * them (RFC 7515 §6: the key is named or to be found otherwise).
 */
async function payloadOf(token: string, held: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, held, options)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      const verified = await jwtVerify(token, key, options).catch((failed: unknown) => {
        if (failed instanceof errors.JWSSignatureVerificationFailed) return null
        throw failed
      })
      if (verified !== null) return verified.payload
    }
    throw error
  }
}

function refusalOf(error: unknown): Received & { ok: false } {
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
    return refused('invalid_audience', 'It is meant for somebody else.')
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iss')
    return refused('invalid_issuer', 'This issuer is not heard here.')
  if (error instanceof errors.JWTExpired) return refused('invalid_request', 'It has expired.')
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSEAlgNotAllowed
  )
    return refused('invalid_key', 'No key of the issuer verifies it.')
  if (error instanceof errors.JOSEError)
    return refused('invalid_request', 'This is no Security Event Token we can read.')
  throw error
}

/** The issuer a token says it is of, before anything of it is believed; null where it is no signed token. */
function issuerOf(token: string): string | null {
  try {
    decodeProtectedHeader(token)
    const { iss } = decodeJwt(token)
    return typeof iss === 'string' && iss !== '' ? iss : null
  } catch {
    return null
  }
}

async function personOf(provider: ProviderRow, subjects: readonly EventSubject[]): Promise<string | null> {
  for (const subject of subjects) {
    const found =
      'email' in subject
        ? await personByEmail(db(), subject.email)
        : subject.iss === provider.issuer
          ? await personBySubject(db(), provider.id, subject.sub)
          : null
    if (found !== null) return found
  }
  return null
}

async function contain(
  provider: ProviderRow,
  kind: string,
  personId: string,
  now: Date,
  connections: pg.Pool = pool('reserved'),
): Promise<number> {
  const agents = await agentsOf(connections, personId)
  const reason = `The identity provider ${provider.name} said of its owner: ${kind.replaceAll('_', ' ')}.`
  for (const { slug } of agents) await engage({ scope: 'agent', agent: slug, reason, by: null, now }, connections)
  return agents.length
}

function refused(err: SetError, description: string): Received & { ok: false } {
  refusals({ err })
  return { ok: false, err, description }
}

/** Records what was refused of a provider we hear. Of strangers nothing is recorded but counted: anybody can send anything. */
async function noted(provider: ProviderRow, refusal: Received & { ok: false }, now: Date): Promise<Received> {
  if ((await countTry(db(), `signals:refused:${provider.id}`, 3_600, now)) > MOST_RECORDED) return refusal
  await transaction((tx) =>
    append(tx, {
      kind: 'security_event.refused',
      actor: 'system',
      labels: [refusal.err],
      subject: 'organisation',
      payload: { provider: provider.name, says: refusal.description },
    }),
  )
  return refusal
}
