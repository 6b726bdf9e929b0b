import { nodeHash, type Hash } from '@/lib/ledger/merkle'
import type { NodeId } from '@/lib/ledger/proof'

/** Which tile: tree level 8·level, hashes from 256·n on (C2SP tlog-tiles). */
export interface TileId {
  level: number
  n: number
}

/** A tile: up to 256 adjacent node hashes, 32 bytes each. */
export interface Tile extends TileId {
  hashes: Buffer
}

/** Hashes in a full tile; a full tile is 8,192 bytes. */
export const TILE_WIDTH = 256

/** The tiles of a tree of `size` leaves that are begun and not full: the only ones the next leaf can touch. */
export function edgeTiles(size: number): TileId[] {
  const edge: TileId[] = []
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    if (count % TILE_WIDTH !== 0) edge.push({ level, n: Math.floor(count / TILE_WIDTH) })
  }
  return edge
}

/**
 * Appends leaf hashes to a tree of `size` leaves and returns every tile that grew, as it now stands. `edge` holds the tiles
 * that `edgeTiles(size)` names. A full tile's root goes into the tile above it. Throws RangeError when an edge tile is
 * missing or does not end where the tree does.
 */
export function growTiles(size: number, edge: readonly Tile[], leaves: readonly Hash[]): Tile[] {
  const rows: { count: number; parts: Buffer[]; grew: boolean }[] = []
  for (const { level, n } of edgeTiles(size)) {
    const tile = edge.find((one) => one.level === level && one.n === n)
    const count = Math.floor(size / TILE_WIDTH ** level)
    if (tile?.hashes.length !== 32 * (count % TILE_WIDTH)) throw new RangeError(`tile ${level}/${n} ends elsewhere`)
    rows[level] = { count, parts: [tile.hashes], grew: false }
  }
  const full: Tile[] = []
  const add = (level: number, hash: Hash): void => {
    const row = (rows[level] ??= { count: Math.floor(size / TILE_WIDTH ** level), parts: [], grew: false })
    row.parts.push(hash)
    row.count += 1
    row.grew = true
    if (row.count % TILE_WIDTH !== 0) return
    const hashes = Buffer.concat(row.parts)
    full.push({ level, n: row.count / TILE_WIDTH - 1, hashes })
    row.parts = []
    row.grew = false
    add(level + 1, tileNode(hashes, 8, 0))
  }
  for (const leaf of leaves) add(0, leaf)
  const partial = rows.flatMap((row, level) =>
    row.grew ? [{ level, n: Math.floor(row.count / TILE_WIDTH), hashes: Buffer.concat(row.parts) }] : [],
  )
  return [...full, ...partial]
}

/** The tile that holds (or, with what it holds, makes) a perfect subtree. */
export function tileOf(node: NodeId): TileId {
  const level = Math.floor(node.level / 8)
  return { level, n: Math.floor((node.index * 2 ** (node.level % 8)) / TILE_WIDTH) }
}

/** Hash of the perfect subtree `node`, made from its tile. Throws RangeError when the tile is too short for it. */
export function nodeFromTile(tile: Tile, node: NodeId): Hash {
  const level = node.level % 8
  return tileNode(tile.hashes, level, node.index % (TILE_WIDTH / 2 ** level))
}

/** Hash of subtree `index` at `level` (0 to 8) above the hashes of one tile. */
function tileNode(hashes: Buffer, level: number, index: number): Hash {
  if (level > 0) return nodeHash(tileNode(hashes, level - 1, 2 * index), tileNode(hashes, level - 1, 2 * index + 1))
  if (32 * (index + 1) > hashes.length) throw new RangeError('the tile does not reach that far')
  return hashes.subarray(32 * index, 32 * index + 32)
}
