import { hash } from 'node:crypto'
import type { Hash } from './proof/bytes'

/**
 * The right edge of a tree while leaves are added to it in order: one perfect subtree for every set bit of the size, largest first.
 * Leaves are hashed by the million here, so this is node:crypto and memory that is used again; the definition is RFC 9162 §2.1.1.
 */
export class Tree {
  size: number
  readonly #edge: Leaf[]
  readonly #pair = Buffer.alloc(65, 1)

  /** @param edge the subtrees to the left of the first leaf, 32 bytes each. RangeError when there are not as many as the size needs */
  constructor(size: number, edge: readonly Hash[]) {
    let bits = 0
    for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
    if (edge.length !== bits || edge.some(({ length }) => length !== 32)) throw new RangeError('no such tree')
    this.size = size
    this.#edge = edge.map((each) => Buffer.from(each).toString('latin1'))
  }

  /** Adds one leaf hash. */
  add(leaf: Leaf): void {
    let added = leaf
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#edge.pop()
      if (left === undefined) throw new RangeError('no such tree')
      added = this.#node(left, added)
    }
    this.#edge.push(added)
    this.size += 1
  }

  root(): Hash {
    const [last, ...rest] = [...this.#edge].reverse()
    if (last === undefined) return hash('sha256', '', 'buffer')
    return Buffer.from(
      rest.reduce((right, left) => this.#node(left, right), last),
      'latin1',
    )
  }

  #node(left: Leaf, right: Leaf): Leaf {
    this.#pair.write(left, 1, 'latin1')
    this.#pair.write(right, 33, 'latin1')
    return hash('sha256', this.#pair, 'binary')
  }
}

/** A hash as a string of 32 characters, one a byte (`latin1`): by the million they cost half of what Buffers do. */
export type Leaf = string

/**
 * Hashes the line `[start, end)` of a file as a leaf, without copying it: the byte before it (the line feed of the line before, or
 * one put there by the caller) becomes the 0x00 that sets leaves apart from nodes.
 */
export function leafOfLine(bytes: Buffer, start: number, end: number): Leaf {
  bytes[start - 1] = 0x00
  return hash('sha256', bytes.subarray(start - 1, end), 'binary')
}
