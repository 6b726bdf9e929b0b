import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { digestText } from '@/lib/core/digest-text'
import type { Baseline, Boundary } from './boundary'

/** Changes when the meaning of a normalised document does: a signature is never read under another language than it had. */
const LANGUAGE = 'countersign/boundary/1'

/**
 * The digest that is signed, and named by every decision: SHA-256 over the RFC 8785 form of the language, the parsed
 * document and the SHA-256 of the exact text. So a signature covers both what the signer read (every comment and blank) and
 * what the gate understood by it. 32 bytes.
 */
export function boundaryDigest(document: Boundary | Baseline, source: string): Buffer {
  return sha256(boundaryBytes(document, source))
}

/** The bytes that digest is made of: what somebody without this program hashes to see that it is the one that was signed. */
export function boundaryBytes(document: Boundary | Baseline, source: string): Buffer {
  return canonicalBytes({ language: LANGUAGE, document, source: digestText(sha256(source)) })
}
