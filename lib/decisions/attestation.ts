import { createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import { z } from 'zod'
import type { Sandbox } from '@/lib/boundary/boundary'
import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { digestText } from '@/lib/core/digest-text'
import { parseJson, type JsonObject } from '@/lib/core/json'
import { attestation as enforcedSandbox } from '@/lib/runs/contract'

/** How long an attestation and its nonce are good, in seconds (ADR 0050). */
export const ATTESTATION_SECONDS = 60

/** How far the clock of a runner may be ahead, in seconds: only the nonce decides how old an attestation is. */
const AHEAD_SECONDS = 60

/** The type of the token (RFC 7515 §4.1.9, RFC 8725 §3.11): no other token we take can pass for it. */
export const ATTESTATION_TYPE = 'countersign-sandbox+jwt'

const LANGUAGE = 'countersign/sandbox/1'

/** The digest of what a signed boundary asks of code: SHA-256 over the RFC 8785 form. Null: it asks nothing. 32 bytes. */
export function profileDigest(sandbox: Sandbox | null): Buffer {
  return sha256(canonicalBytes({ language: LANGUAGE, sandbox }))
}

/** The digest of what is to be run, which whoever runs it can make without us. 32 bytes. */
export function requestDigest(tool: string, args: JsonObject): Buffer {
  return sha256(canonicalBytes({ tool, arguments: args }))
}

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const word = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_.+-]+$/)

/** What a runner signs. `sub` is the agent's public id, `aud` the issuer of the nonce; `action` where a grant is claimed. */
const claims = z.strictObject({
  sub: z.string().max(64),
  aud: z.string().max(2_048),
  nonce: z.string().max(200),
  request: digest,
  action: z.string().max(64).optional(),
  profile: digest,
  enforced: enforcedSandbox,
  runtime: z.strictObject({ name: word, version: word }),
  iat: z.int().min(0),
  exp: z.int().min(0),
})
export type AttestationClaims = z.infer<typeof claims>

/** Why an attestation is worth nothing. The list is closed: it is in the answer and in the ledger. */
export const ATTESTATION_REFUSALS = {
  malformed: 'It cannot be read as an attestation.',
  unknown_runner: 'No runner with this key is enrolled for this agent.',
  revoked_runner: 'Its runner was revoked.',
  bad_signature: 'Its signature does not hold.',
  wrong_agent: 'It is for another agent, or another server.',
  wrong_nonce: 'Its nonce is not one this server gave this agent.',
  expired: 'Its time is over, or it claims more than a minute.',
  replayed: 'It was used before.',
  wrong_request: 'It is for another tool, other arguments or another action.',
  wrong_profile: 'Its profile is not the one of the boundary in force.',
  loose: 'What it says was enforced is less than the boundary asks.',
} as const
export type AttestationRefusal = keyof typeof ATTESTATION_REFUSALS

/** Which key an attestation says it is signed with, unverified; null where it is none. */
export function keyNamed(jws: string): string | null {
  const header = part(jws, 0)
  const read = z
    .strictObject({ alg: z.literal('EdDSA'), typ: z.literal(ATTESTATION_TYPE), kid: z.string().length(43) })
    .safeParse(header)
  return read.success ? read.data.kid : null
}

/** Verifies the signature and the form of an attestation (RFC 7515 §5.2, RFC 8037 §3.1). @param x the runner's public key */
export function readAttestation(jws: string, x: string): AttestationClaims | 'malformed' | 'bad_signature' {
  const dot = jws.lastIndexOf('.')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  const signature = Buffer.from(jws.slice(dot + 1), 'base64url')
  if (!verify(null, Buffer.from(jws.slice(0, dot)), key, signature)) return 'bad_signature'
  const read = claims.safeParse(part(jws, 1))
  return read.success ? read.data : 'malformed'
}

/** What an attestation has to be about. */
export type Expected = {
  agent: string
  issuer: string
  tool: string
  arguments: JsonObject
  /** the public id of the action whose grant is claimed */
  action: string | null
  sandbox: Sandbox | null
  /** whether the nonce is one of ours for this agent, and until when, in ms since 1970 */
  nonceEnds: number | null
}

/**
 * Whether verified claims are about exactly this, now. Null: they are.
 * @param now milliseconds since 1970
 * @param tight whether one sandbox is at least as tight as another
 */
export function refusalOf(
  said: AttestationClaims,
  expected: Expected,
  now: number,
  tight: (attested: Sandbox, asked: Sandbox) => boolean,
): AttestationRefusal | null {
  const { agent, issuer, sandbox } = expected
  if (said.sub !== agent || said.aud !== issuer) return 'wrong_agent'
  if (expected.nonceEnds === null) return 'wrong_nonce'
  const seconds = Math.floor(now / 1_000)
  if (expected.nonceEnds <= now || said.exp <= seconds || said.exp - said.iat > ATTESTATION_SECONDS) return 'expired'
  if (said.iat > seconds + AHEAD_SECONDS) return 'expired'
  if (said.request !== digestText(requestDigest(expected.tool, expected.arguments))) return 'wrong_request'
  if ((said.action ?? null) !== expected.action) return 'wrong_request'
  if (said.profile !== digestText(profileDigest(sandbox))) return 'wrong_profile'
  return sandbox === null || tight(said.enforced, sandbox) ? null : 'loose'
}

/**
 * A nonce that needs no memory: until when, randomness, and a keyed hash over both and the agent. Used once: what was used is kept.
 * @param keyed HMAC under a key of this install
 */
export function makeNonce(agentId: string, now: number, random: Uint8Array, keyed: (bytes: string) => Buffer): string {
  const body = `${(now + ATTESTATION_SECONDS * 1_000).toString(36)}.${Buffer.from(random).toString('base64url')}`
  return `${body}.${keyed(`${agentId}\n${body}`).toString('base64url')}`
}

/** When a nonce of ours for this agent ends, in ms since 1970; null where it is none. */
export function nonceEnds(nonce: string, agentId: string, keyed: (bytes: string) => Buffer): number | null {
  const found = /^([0-9a-z]{8,10}\.[A-Za-z0-9_-]{20,24})\.([A-Za-z0-9_-]{43})$/.exec(nonce)
  if (!found) return null
  const [, body = '', mac = ''] = found
  const made = keyed(`${agentId}\n${body}`)
  const given = Buffer.from(mac, 'base64url')
  if (given.length !== made.length || !timingSafeEqual(given, made)) return null
  return Number.parseInt(body.slice(0, body.indexOf('.')), 36)
}

function part(jws: string, at: 0 | 1): unknown {
  const parts = jws.split('.')
  const text = parts[at]
  if (parts.length !== 3 || text === undefined || !/^[A-Za-z0-9_-]+$/.test(text)) return null
  try {
    return parseJson(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
