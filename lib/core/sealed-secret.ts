import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** A secret that signs, and the one before it, which is good until then, so that the other side can change over. */
export type ChangingSecret = { current: string; previous?: { value: string; until: string } }

/**
 * Seals a secret for the database: AES-256-GCM as iv ‖ ciphertext ‖ tag, bound to the id of what it belongs to, under a key derived from
 * the ledger's payload key (HKDF-SHA-256, RFC 5869), which is outside the database.
 * @param purpose one for each kind of thing that keeps secrets: what was sealed for one is not opened for another
 * @param iv 12 random bytes, never used twice
 */
export function sealFor(
  purpose: string,
  id: string,
  secret: ChangingSecret,
  payloadKey: KeyObject,
  iv: Buffer,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', keyOf(purpose, payloadKey), iv)
  cipher.setAAD(Buffer.from(id, 'latin1'))
  return Buffer.concat([iv, cipher.update(JSON.stringify(secret), 'utf8'), cipher.final(), cipher.getAuthTag()])
}

/** Opens what `sealFor` sealed; null when another key, id or purpose sealed it, or it was changed. */
export function openFor(purpose: string, id: string, sealed: Uint8Array, payloadKey: KeyObject): ChangingSecret | null {
  if (sealed.length < 28) return null
  try {
    const key = keyOf(purpose, payloadKey)
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(id, 'latin1'))
    decipher.setAuthTag(sealed.subarray(-16))
    const text = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
    return JSON.parse(text) as ChangingSecret
  } catch {
    return null
  }
}

/** The secrets that are good at a moment, the newest first. */
export function secretsAt({ current, previous }: ChangingSecret, now: Date): string[] {
  return previous !== undefined && new Date(previous.until) > now ? [current, previous.value] : [current]
}

function keyOf(purpose: string, payloadKey: KeyObject): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', payloadKey.export(), '', purpose, 32)))
}
