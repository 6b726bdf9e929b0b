import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/**
 * What a stream keeps secret: the signing secret of a webhook (`whsec_…`), the value of an OTLP header, the key of a syslog
 * client. `previous` still signs until then, so that a receiver can change over.
 */
export type StreamSecret = { current: string; previous?: { value: string; until: string } }

/**
 * Seals a secret for the database: AES-256-GCM as iv ‖ ciphertext ‖ tag, bound to the stream's id, under a key derived from the
 * ledger's payload key (HKDF-SHA-256, RFC 5869), which is outside the database.
 * @param iv 12 random bytes, never used twice
 */
export function sealSecret(streamId: string, secret: StreamSecret, payloadKey: KeyObject, iv: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', keyOf(payloadKey), iv)
  cipher.setAAD(Buffer.from(streamId, 'latin1'))
  return Buffer.concat([iv, cipher.update(JSON.stringify(secret), 'utf8'), cipher.final(), cipher.getAuthTag()])
}

/** Opens what `sealSecret` sealed; null when another key or another stream's id sealed it, or it was changed. */
export function openSecret(streamId: string, sealed: Uint8Array, payloadKey: KeyObject): StreamSecret | null {
  if (sealed.length < 28) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(payloadKey), sealed.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(streamId, 'latin1'))
    decipher.setAuthTag(sealed.subarray(-16))
    const text = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
    return JSON.parse(text) as StreamSecret
  } catch {
    return null
  }
}

/** The secrets that sign at a moment, the newest first. */
export function signingSecrets({ current, previous }: StreamSecret, now: Date): string[] {
  return previous !== undefined && new Date(previous.until) > now ? [current, previous.value] : [current]
}

function keyOf(payloadKey: KeyObject): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', payloadKey.export(), '', 'countersign stream secrets', 32)))
}
