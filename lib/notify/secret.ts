import type { KeyObject } from 'node:crypto'
import { openFor, sealFor, secretsAt, type ChangingSecret } from '@/lib/core/sealed-secret'

/**
 * What a stream keeps secret: the signing secret of a webhook (`whsec_…`), the value of an OTLP header, the key of a syslog
 * client. `previous` still signs until then, so that a receiver can change over.
 */
export type StreamSecret = ChangingSecret

const PURPOSE = 'countersign stream secrets'

/** Seals a secret for the database, bound to the stream's id (`sealFor`). @param iv 12 random bytes, never used twice */
export function sealSecret(streamId: string, secret: StreamSecret, payloadKey: KeyObject, iv: Buffer): Buffer {
  return sealFor(PURPOSE, streamId, secret, payloadKey, iv)
}

/** Opens what `sealSecret` sealed; null when another key or another stream's id sealed it, or it was changed. */
export function openSecret(streamId: string, sealed: Uint8Array, payloadKey: KeyObject): StreamSecret | null {
  return openFor(PURPOSE, streamId, sealed, payloadKey)
}

/** The secrets that sign at a moment, the newest first. */
export const signingSecrets = secretsAt
