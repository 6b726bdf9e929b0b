import { createPublicKey, hash, verify } from 'node:crypto'
import type { Primitives } from './proof/bytes'

const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')

/** The primitives of Node (node:crypto). */
export const nodePrimitives: Primitives = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  verify: (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([SPKI_ED25519, publicKey]), format: 'der', type: 'spki' })
    return verify(null, message, key, signature)
  },
}
