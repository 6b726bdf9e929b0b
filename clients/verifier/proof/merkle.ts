import { join, same, type Hash, type Primitives } from './bytes'

const LEAF = Uint8Array.of(0x00)
const NODE = Uint8Array.of(0x01)

/** Hash of one entry: SHA-256(0x00 ‖ entry) (RFC 9162 §2.1.1). */
export async function leafHash({ sha256 }: Primitives, entry: Uint8Array): Promise<Hash> {
  return sha256(join(LEAF, entry))
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right) (RFC 9162 §2.1.1). */
async function node({ sha256 }: Primitives, left: Hash, right: Hash): Promise<Hash> {
  return sha256(join(NODE, left, right))
}

/**
 * The root an inclusion proof leads to, from leaf `index` of a tree of `size` leaves (RFC 9162 §2.1.3.2); null when the proof
 * is too long, too short or no proof. The entry is in the tree if that is the tree's root.
 */
export async function rootOfInclusion(
  primitives: Primitives,
  index: number,
  size: number,
  leaf: Hash,
  proof: readonly Hash[],
): Promise<Hash | null> {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leaf, ...proof])) return null
  let [fn, sn, hash] = [index, size - 1, leaf]
  for (const sibling of proof) {
    if (sn === 0) return null
    if (fn % 2 === 1 || fn === sn) {
      hash = await node(primitives, sibling, hash)
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)]
    } else {
      hash = await node(primitives, hash, sibling)
    }
    ;[fn, sn] = [half(fn), half(sn)]
  }
  return sn === 0 ? hash : null
}

/** Whether leaf `index` is in the tree of `size` leaves with that root. */
export async function isIncluded(
  primitives: Primitives,
  index: number,
  size: number,
  leaf: Hash,
  proof: readonly Hash[],
  root: Hash,
): Promise<boolean> {
  const led = await rootOfInclusion(primitives, index, size, leaf, proof)
  return led !== null && same(led, root)
}

/**
 * Whether the tree (size1, root1) is the beginning of the tree (size2, root2) (RFC 9162 §2.1.4.2). A first tree without leaves
 * is refused: everything is consistent with it, so such a proof says nothing.
 */
export async function isConsistent(
  primitives: Primitives,
  size1: number,
  size2: number,
  proof: readonly Hash[],
  root1: Hash,
  root2: Hash,
): Promise<boolean> {
  if (!isSize(size1) || !isSize(size2) || size1 < 1 || size1 > size2) return false
  if (size1 === size2) return proof.length === 0 && same(root1, root2)
  if (!areHashes([root1, root2, ...proof])) return false
  if (proof.length === 0) return false
  const [first, ...path] = isPowerOfTwo(size1) ? [root1, ...proof] : proof
  if (!first) return false
  let [fn, sn, hash1, hash2] = [size1 - 1, size2 - 1, first, first]
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)]
  for (const sibling of path) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      hash1 = await node(primitives, sibling, hash1)
      hash2 = await node(primitives, sibling, hash2)
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)]
    } else {
      hash2 = await node(primitives, hash2, sibling)
    }
    ;[fn, sn] = [half(fn), half(sn)]
  }
  return sn === 0 && same(hash1, root1) && same(hash2, root2)
}

// Sizes may pass 2^31, where JavaScript's bit operators wrap: arithmetic on safe integers instead.
const half = (n: number): number => Math.floor(n / 2)
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0
const areHashes = (all: readonly Uint8Array[]): boolean => all.every((hash) => hash.length === 32)

function isPowerOfTwo(n: number): boolean {
  while (n > 1 && n % 2 === 0) n = half(n)
  return n === 1
}
