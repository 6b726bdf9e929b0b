import type { Primitives } from './bytes'

/** The primitives of a browser (W3C WebCrypto), which exist on https and localhost alone; null where there are none. */
export function webPrimitives(): Primitives | null {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle
  if (!subtle) return null
  return {
    sha256: async (bytes) => new Uint8Array(await subtle.digest('SHA-256', own(bytes))),
    verify: async (publicKey, message, signature) => {
      const key = await subtle.importKey('raw', own(publicKey), 'Ed25519', false, ['verify'])
      return subtle.verify('Ed25519', key, own(signature), own(message))
    },
  }
}

/** WebCrypto takes no memory that could be shared: a copy of one's own. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)
