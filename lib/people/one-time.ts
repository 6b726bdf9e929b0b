import { createHash, randomBytes } from 'node:crypto'

/** A secret that is shown once: the text for the person, and its hash, which is all that is kept. */
export type OneTime = { readonly secret: string; readonly hash: Uint8Array<ArrayBuffer> }

/** How an API token of ours begins, so that people and secret scanners know it when they see it. */
export const TOKEN_PREFIX = 'cst_'

const BYTES = 32

/**
 * A fresh secret of 256 random bits as base64url (43 characters), after `prefix`. SHA-256 without salt or stretching
 * suffices to keep it by: nobody guesses 256 bits, and the hash has to be found by its value.
 */
export function makeSecret(prefix = '', random: Uint8Array = randomBytes(BYTES)): OneTime {
  const secret = prefix + Buffer.from(random).toString('base64url')
  return { secret, hash: hashSecret(secret) }
}

/** What is kept of a secret, and what it is found by: 32 bytes. */
export function hashSecret(secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(secret, 'utf8').digest())
}

/** Whether some text has the form of a secret made here: what has not is refused without asking the database. */
export function looksLikeSecret(text: string, prefix = ''): boolean {
  return text.startsWith(prefix) && /^[A-Za-z0-9_-]{43}$/.test(text.slice(prefix.length))
}
