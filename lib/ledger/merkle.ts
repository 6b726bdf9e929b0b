import { createHash } from 'node:crypto'

/** A SHA-256 hash: 32 bytes. */
export type Hash = Buffer

/** How many nodes a tree of `size` leaves keeps on its right edge: one perfect subtree per set bit, largest first. */
export interface CompactRange {
  size: number
  hashes: Hash[]
}

const LEAF = Buffer.from([0x00])
const NODE = Buffer.from([0x01])

/** The root of the tree without leaves: SHA-256 of the empty string (RFC 9162 §2.1.1). */
export const EMPTY_ROOT: Hash = createHash('sha256').digest()

/** Hash of one entry's bytes: SHA-256(0x00 ‖ entry) (RFC 9162 §2.1.1). The prefix keeps a leaf from passing as a node. */
export function leafHash(entry: Uint8Array): Hash {
  return createHash('sha256').update(LEAF).update(entry).digest()
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right) (RFC 9162 §2.1.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Hash {
  return createHash('sha256').update(NODE).update(left).update(right).digest()
}

/** The range of the tree without leaves. */
export function emptyRange(): CompactRange {
  return { size: 0, hashes: [] }
}

/** Adds one leaf hash to the range, in place. O(1) amortised: it merges as many subtrees as the size has trailing ones. */
export function appendLeaf(range: CompactRange, leaf: Hash): void {
  let hash = leaf
  for (let rest = range.size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const left = range.hashes.pop()
    if (!left) throw new RangeError('compact range holds fewer hashes than its size needs')
    hash = nodeHash(left, hash)
  }
  range.hashes.push(hash)
  range.size += 1
}

/** Root hash of the tree the range stands for (RFC 9162 §2.1.1: split at the largest power of two below the size). */
export function rangeRoot(range: CompactRange): Hash {
  return foldRight(range.hashes) ?? EMPTY_ROOT
}

/** Root hash over the given leaf hashes, in order. */
export function rootOf(leaves: Iterable<Hash>): Hash {
  const range = emptyRange()
  for (const leaf of leaves) appendLeaf(range, leaf)
  return rangeRoot(range)
}

/** Joins adjacent perfect subtrees (left to right, shrinking) into one hash; null when there are none. */
export function foldRight(hashes: readonly Hash[]): Hash | null {
  return hashes.reduceRight<Hash | null>((right, left) => (right ? nodeHash(left, right) : left), null)
}

/** The range as bytes: its hashes one after the other. The size is kept apart. */
export function encodeRange(range: CompactRange): Buffer {
  return Buffer.concat(range.hashes)
}

/** Reads what `encodeRange` wrote; throws RangeError when the number of hashes does not belong to `size`. */
export function decodeRange(size: number, bytes: Uint8Array): CompactRange {
  if (!isSize(size) || bytes.length !== 32 * setBits(size)) throw new RangeError('compact range does not fit its size')
  const all = Buffer.from(bytes)
  const hashes = Array.from({ length: bytes.length / 32 }, (_, i) => all.subarray(32 * i, 32 * i + 32))
  return { size, hashes }
}

/** Is entry `index` with hash `leaf` in the tree of `size` leaves with that root? RFC 9162 §2.1.3.2. Never throws. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
) {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leaf, root, ...proof])) return false
  let fn = index
  let sn = size - 1
  let hash: Uint8Array = leaf
  for (const sibling of proof) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash)
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    fn = half(fn)
    sn = half(sn)
  }
  return sn === 0 && same(hash, root)
}

/**
 * Is the tree (size1, root1) a prefix of the tree (size2, root2)? RFC 9162 §2.1.4.2. Never throws. A first tree without
 * leaves is refused: everything is consistent with it, so such a proof says nothing.
 */
export function verifyConsistency(
  size1: number,
  size2: number,
  proof: readonly Uint8Array[],
  root1: Uint8Array,
  root2: Uint8Array,
): boolean {
  if (!isSize(size1) || !isSize(size2) || size1 < 1 || size1 > size2) return false
  if (size1 === size2) return proof.length === 0 && same(root1, root2)
  if (!areHashes([root1, root2, ...proof])) return false
  const path = setBits(size1) === 1 ? [root1, ...proof] : [...proof]
  const first = path.shift()
  if (!first || proof.length === 0) return false
  let fn = size1 - 1
  let sn = size2 - 1
  while (fn % 2 === 1) {
    fn = half(fn)
    sn = half(sn)
  }
  let hash1 = first
  let hash2 = first
  for (const sibling of path) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      hash1 = nodeHash(sibling, hash1)
      hash2 = nodeHash(sibling, hash2)
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else {
      hash2 = nodeHash(hash2, sibling)
    }
    fn = half(fn)
    sn = half(sn)
  }
  return sn === 0 && same(hash1, root1) && same(hash2, root2)
}

// Sizes may pass 2^31, where JavaScript's bit operators wrap: arithmetic on safe integers instead.
const half = (n: number) => Math.floor(n / 2)
const isSize = (n: number) => Number.isSafeInteger(n) && n >= 0
const areHashes = (all: readonly Uint8Array[]) => all.every((hash) => hash.length === 32)
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

function setBits(n: number): number {
  let bits = 0
  for (let rest = n; rest > 0; rest = half(rest)) bits += rest % 2
  return bits
}
