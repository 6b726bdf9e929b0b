import { hash } from 'node:crypto'
import type { Hash } from './proof/bytes'

/**
 * The right edge of a tree while leaves are added to it in order: one perfect subtree for every set bit of the size, largest first.
 * Leaves are hashed by the million here, so this is node:crypto and memory that is used again; the definition is RFC 9162 §2.1.1.
 */
export class Tree {
  size: number
  readonly #edge: Buffer[]
  readonly #pair = Buffer.alloc(65, 1)

  /** @param edge the subtrees to the left of the first leaf, 32 bytes each. RangeError when there are not as many as the size needs */
  constructor(size: number, edge: readonly Hash[]) {
    let bits = 0
    for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
    if (edge.length !== bits || edge.some(({ length }) => length !== 32)) throw new RangeError('no such tree')
    this.size = size
    this.#edge = edge.map((each) => Buffer.from(each))
  }

  /** Adds one leaf hash. */
  add(leaf: Buffer): void {
    let added = leaf
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#edge.pop()
      if (!left) throw new RangeError('no such tree')
      added = this.#node(left, added)
    }
    this.#edge.push(added)
    this.size += 1
  }

  root(): Hash {
    const [last, ...rest] = [...this.#edge].reverse()
    if (!last) return hash('sha256', '', 'buffer')
    return rest.reduce((right, left) => this.#node(left, right), last)
  }

  #node(left: Buffer, right: Buffer): Buffer {
    this.#pair.set(left, 1)
    this.#pair.set(right, 33)
    return hash('sha256', this.#pair, 'buffer')
  }
}

/**
 * Hashes the line `[start, end)` of a file as a leaf, without copying it: the byte before it (the line feed of the line before, or
 * one put there by the caller) becomes the 0x00 that sets leaves apart from nodes.
 */
export function leafOfLine(bytes: Buffer, start: number, end: number): Buffer {
  bytes[start - 1] = 0x00
  return hash('sha256', bytes.subarray(start - 1, end), 'buffer')
}
