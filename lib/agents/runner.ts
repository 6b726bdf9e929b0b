import { createHash } from 'node:crypto'

/** How many runners an agent may have at once. */
export const MOST_RUNNERS = 20

/** The public key of a runner: the `x` of an Ed25519 key (RFC 8037) and its thumbprint (RFC 7638), both base64url. */
export type RunnerKey = { x: string; thumbprint: string }

/**
 * Reads a runner's public key as `countersign exec key` prints it: an Ed25519 JWK.
 * @returns the key, or what is wrong with it, in words; a private key is refused without being repeated
 */
export function readRunnerKey(text: string): RunnerKey | { problem: string } {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return { problem: 'Paste the public key as it was printed: one line of JSON.' }
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { problem: 'A key is one JSON object.' }
  const { kty, crv, x, d } = given as Record<string, unknown>
  if (d !== undefined)
    return { problem: 'That is the private key. It never leaves its machine: make another, and paste the public one.' }
  if (kty !== 'OKP' || crv !== 'Ed25519')
    return { problem: 'A runner signs with Ed25519: "kty":"OKP","crv":"Ed25519".' }
  if (
    typeof x !== 'string' ||
    !/^[A-Za-z0-9_-]{43}$/.test(x) ||
    Buffer.from(x, 'base64url').toString('base64url') !== x
  )
    return { problem: 'Its "x" is not 32 bytes in base64url.' }
  return { x, thumbprint: thumbprintOf(x) }
}

/** RFC 7638 §3 of an Ed25519 public key (RFC 8037 §2). */
export function thumbprintOf(x: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url')
}
