import { describe, expect, it } from 'vitest'
import { leafHash, nodeHash, rootOf, verifyInclusion, type Hash } from '@/lib/ledger/merkle'
import { hashRanges, inclusionRanges } from '@/lib/ledger/proof'
import { edgeTiles, growTiles, nodeFromTile, tileOf, type Tile } from '@/lib/ledger/tile'

const leaves = Array.from({ length: 256 * 256 + 300 }, (_, i) => leafHash(Buffer.from(String(i))))
const key = (tile: { level: number; n: number }) => `${tile.level}/${tile.n}`

/** Grows a tree in batches, keeping tiles as the database does. */
function grow(total: number, batch: number): Map<string, Tile> {
  const tiles = new Map<string, Tile>()
  for (let size = 0; size < total; size += batch) {
    const edge = edgeTiles(size).flatMap((id) => tiles.get(key(id)) ?? [])
    for (const tile of growTiles(size, edge, leaves.slice(size, Math.min(size + batch, total)))) {
      const before = tiles.get(key(tile))?.hashes ?? Buffer.alloc(0)
      expect(tile.hashes.subarray(0, before.length).equals(before)).toBe(true)
      expect(tile.hashes.length).toBeGreaterThan(before.length)
      tiles.set(key(tile), tile)
    }
  }
  return tiles
}

describe('tiles', () => {
  it('are the same whatever the batches were', () => {
    const once = grow(1000, 1000)
    for (const batch of [1, 7, 256, 257]) expect(grow(1000, batch)).toEqual(once)
    expect([...once.keys()].sort()).toEqual(['0/0', '0/1', '0/2', '0/3', '1/0'])
    expect(once.get('1/0')?.hashes.length).toBe(3 * 32)
  })

  it('hold the level above as roots of full tiles, up to the third level', () => {
    const tiles = grow(leaves.length, 5000)
    expect(tiles.get('2/0')?.hashes).toEqual(rootOf(leaves.slice(0, 256 * 256)))
    expect(tiles.get('1/1')?.hashes).toEqual(rootOf(leaves.slice(256 * 256, 256 * 257)))
    expect(tiles.get('0/257')?.hashes.length).toBe(44 * 32)
  })

  it('give inclusion proofs in a tree of three levels', () => {
    const tiles = grow(leaves.length, 5000)
    const root = rootOf(leaves)
    for (const index of [0, 1, 255, 256, 40_000, 65_535, 65_536, leaves.length - 1]) {
      const proof = hashRanges(inclusionRanges(index, leaves.length), (node) => {
        const tile = tiles.get(key(tileOf(node)))
        if (!tile) throw new Error(`no tile for ${JSON.stringify(node)}`)
        return nodeFromTile(tile, node)
      })
      expect(verifyInclusion(index, leaves.length, leaves[index] as Hash, proof, root)).toBe(true)
    }
  })

  it('a missing or short edge tile is refused', () => {
    const [tile] = growTiles(0, [], leaves.slice(0, 3))
    if (!tile) throw new Error('three leaves make a tile')
    expect(() => growTiles(3, [], leaves.slice(3, 4))).toThrow(RangeError)
    expect(() => growTiles(4, [tile], leaves.slice(3, 4))).toThrow(RangeError)
    expect(() => nodeFromTile(tile, { level: 2, index: 0 })).toThrow(RangeError)
    expect(nodeFromTile(tile, { level: 1, index: 0 })).toEqual(nodeHash(leaves[0] as Hash, leaves[1] as Hash))
  })
})
