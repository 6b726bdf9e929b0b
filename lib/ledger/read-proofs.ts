import type { Hash } from '@/lib/ledger/merkle'
import {
  consistencyRanges,
  hashRanges,
  inclusionRanges,
  rangeNodes,
  type LeafRange,
  type NodeId,
} from '@/lib/ledger/proof'
import type { Sql } from '@/lib/ledger/sql'
import { tilesNamed } from '@/lib/ledger/store-read'
import { nodeFromTile, tileOf, type Tile, type TileId } from '@/lib/ledger/tile'

const MOST_TILES = 512

/**
 * Proofs about one tree of a fixed size while the log grows on: many of them, so tiles and the hashes made of them are kept (at
 * most 4 MB). A tile may have grown since; what it held of this tree is still its beginning.
 */
export class Prover {
  readonly #sql: Sql
  readonly #size: number
  readonly #tiles = new Map<string, Tile>()
  readonly #nodes = new Map<string, Hash>()

  constructor(sql: Sql, size: number) {
    this.#sql = sql
    this.#size = size
  }

  /** The way from leaf `index` to the root (RFC 9162 §2.1.3.1). @param size of a smaller tree, where that is meant */
  inclusion(index: number, size: number = this.#size): Promise<Hash[]> {
    return this.#hashes(inclusionRanges(index, size))
  }

  /** That the first `size` leaves are the beginning of this tree (RFC 9162 §2.1.4.1), or of another. */
  consistency(size: number, of: number = this.#size): Promise<Hash[]> {
    return this.#hashes(consistencyRanges(size, of))
  }

  /** The perfect subtrees to the left of leaf `size`, largest first: what somebody needs to go on from there. */
  async edge(size: number): Promise<Hash[]> {
    const nodes = rangeNodes({ start: 0, end: size })
    await this.#load(nodes.map(tileOf))
    return nodes.map((node) => this.#node(node))
  }

  /** The root over the first `size` leaves. */
  async root(size: number): Promise<Hash> {
    const [root] = await this.#hashes([{ start: 0, end: size }])
    if (!root) throw new RangeError('a tree without leaves has no proof')
    return root
  }

  async #hashes(ranges: readonly LeafRange[]): Promise<Hash[]> {
    await this.#load(ranges.flatMap(rangeNodes).map(tileOf))
    return hashRanges(ranges, (node) => this.#node(node))
  }

  async #load(ids: readonly TileId[]): Promise<void> {
    const missing = ids.filter((id) => !this.#tiles.has(nameOf(id)))
    if (missing.length === 0) return
    if (this.#tiles.size + missing.length > MOST_TILES) {
      this.#tiles.clear()
      this.#nodes.clear()
      return this.#load(ids)
    }
    for (const tile of await tilesNamed(this.#sql, missing)) this.#tiles.set(nameOf(tile), tile)
  }

  #node(node: NodeId): Hash {
    const known = this.#nodes.get(`${node.level}/${node.index}`)
    if (known) return known
    const id = tileOf(node)
    const tile = this.#tiles.get(nameOf(id))
    if (!tile) throw new Error(`tile ${nameOf(id)} is missing`)
    const hash = nodeFromTile(tile, node)
    this.#nodes.set(`${node.level}/${node.index}`, hash)
    return hash
  }
}

const nameOf = ({ level, n }: TileId): string => `${level}/${n}`
