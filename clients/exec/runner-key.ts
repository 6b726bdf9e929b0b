import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import fs from 'node:fs'
import canonicalize from 'canonicalize'
import type { SandboxChallenge } from '../sdk/client'
import type { Profile } from './confinement'

/** A runner's key: signs, and says which it is (RFC 7638). */
export type RunnerKey = { thumbprint: string; privateKey: KeyObject }

/**
 * Makes a key in a file only its user may read, which must not be there yet.
 * @returns the public key, as a person enrols it: one line of JSON
 */
export function makeRunnerKey(file: string): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x, d } = privateKey.export({ format: 'jwk' })
  fs.writeFileSync(file, `${JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x, d })}\n`, { mode: 0o600, flag: 'wx' })
  return JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x })
}

/** Reads a key made by `makeRunnerKey`. @throws Error when it cannot be read, is none, or others can read it */
export function readRunnerKey(file: string): RunnerKey {
  if ((fs.statSync(file).mode & 0o077) !== 0)
    throw new Error(`${file} can be read by others: revoke this runner, and make another key.`)
  const { kty, crv, x, d } = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || typeof d !== 'string')
    throw new Error(`${file} is no key of a runner.`)
  const thumbprint = createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url')
  return { thumbprint, privateKey: createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' }) }
}

/** What is attested of one execution. `action`: where a grant is claimed. */
export type Attesting = {
  tool: string
  arguments: Record<string, unknown>
  action?: string
  enforced: Profile
  runtime: { name: string; version: string }
}

const SECONDS = 60

/**
 * Signs what will be enforced, for one nonce and one request (JWS compact serialisation, RFC 7515; EdDSA, RFC 8037; ADR 0050).
 * @param now milliseconds since 1970
 */
export function attest(key: RunnerKey, challenge: SandboxChallenge, of: Attesting, now: number): string {
  const header = { alg: 'EdDSA', typ: 'countersign-sandbox+jwt', kid: key.thumbprint }
  const iat = Math.floor(now / 1_000)
  const claims = {
    sub: challenge.agent,
    aud: challenge.audience,
    nonce: challenge.nonce,
    request: requestDigest(of.tool, of.arguments),
    ...(of.action !== undefined && { action: of.action }),
    profile: challenge.profile,
    enforced: of.enforced,
    runtime: of.runtime,
    iat,
    exp: iat + SECONDS,
  }
  const signed = `${part(header)}.${part(claims)}`
  return `${signed}.${sign(null, Buffer.from(signed), key.privateKey).toString('base64url')}`
}

/** SHA-256 over the RFC 8785 form of what is to be run. */
export function requestDigest(tool: string, args: Record<string, unknown>): string {
  const text = canonicalize({ tool, arguments: args }) ?? ''
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
