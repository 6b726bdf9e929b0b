import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import type { Stated } from './upstream'

/** SHA-256 over RFC 8785 of what is stated: what the page showed is what is connected, or nothing is. */
export function statedDigest(of: Stated): Buffer {
  const { name, transport, address, header, private: inside, ownerId, reach, production, trusted } = of
  return sha256(
    canonicalBytes({
      ...{ v: 1, name, transport, address, header, private: inside, owner: ownerId, reach, production, trusted },
    }),
  )
}
