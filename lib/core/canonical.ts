import { createHash } from 'node:crypto'
import serialize from 'canonicalize'

/**
 * The RFC 8785 (JCS) bytes of a JSON value: what is hashed and signed, so that equal values have equal bytes whatever
 * the order of their keys.
 * @throws TypeError for what is not JSON (undefined, functions, NaN, infinities)
 */
export function canonicalBytes(value: unknown): Buffer {
  const text = serialize(value)
  if (text === undefined) throw new TypeError('not a JSON value')
  return Buffer.from(text, 'utf8')
}

/** SHA-256 (FIPS 180-4) of some bytes: 32 bytes. */
export function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest()
}
