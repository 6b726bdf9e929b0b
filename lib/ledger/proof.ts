import { foldRight, type Hash } from '@/lib/ledger/merkle'

/** Leaves [start, end) of the tree. */
export interface LeafRange {
  start: number
  end: number
}

/** A perfect subtree: leaves [index·2^level, (index+1)·2^level). */
export interface NodeId {
  level: number
  index: number
}

/**
 * The sibling ranges of an inclusion proof, leaf side first (RFC 9162 §2.1.3.1). Pure: the caller hashes them with
 * `hashRanges` from whatever holds the tree. Throws RangeError when the leaf is not in the tree.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size)) {
    throw new RangeError(`leaf ${index} is not in a tree of ${size}`)
  }
  const path: LeafRange[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + split(end - start)
    if (index < middle) {
      path.push({ start: middle, end })
      end = middle
    } else {
      path.push({ start, end: middle })
      start = middle
    }
  }
  return path.reverse()
}

/**
 * The ranges of a consistency proof between the trees of `size1` and `size2` leaves, in the order of RFC 9162 §2.1.4.1.
 * Empty when the sizes are equal. Throws RangeError unless 1 ≤ size1 ≤ size2.
 */
export function consistencyRanges(size1: number, size2: number): LeafRange[] {
  if (!(Number.isSafeInteger(size1) && Number.isSafeInteger(size2) && size1 >= 1 && size1 <= size2)) {
    throw new RangeError(`no consistency proof from ${size1} to ${size2}`)
  }
  const path: LeafRange[] = []
  let start = 0
  let end = size2
  let whole = true // is [start, size1) still the complete first tree? Then the verifier already holds its root.
  while (end !== size1) {
    const middle = start + split(end - start)
    if (size1 <= middle) {
      path.push({ start: middle, end })
      end = middle
    } else {
      path.push({ start, end: middle })
      start = middle
      whole = false
    }
  }
  if (!whole) path.push({ start, end })
  return path.reverse()
}

/** The perfect subtrees that make up a range, left to right. */
export function rangeNodes({ start, end }: LeafRange): NodeId[] {
  const nodes: NodeId[] = []
  let at = start
  while (at < end) {
    let level = 0
    let width = 1
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      width *= 2
      level += 1
    }
    nodes.push({ level, index: at / width })
    at += width
  }
  return nodes
}

/** Hashes each range of a proof; `node` gives the hash of a perfect subtree and must know every one it is asked for. */
export function hashRanges(ranges: readonly LeafRange[], node: (id: NodeId) => Hash): Hash[] {
  return ranges.map((range) => {
    const hash = foldRight(rangeNodes(range).map(node))
    if (!hash) throw new RangeError('a proof has no empty range')
    return hash
  })
}

/** The largest power of two below n (n ≥ 2). */
function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}
