import { fault } from '@/lib/core/fault'
import { encodeBundle } from '@/lib/ledger/bundle'
import { parseCheckpoint, checkpointText } from '@/lib/ledger/checkpoint'
import type { Hash } from '@/lib/ledger/merkle'
import { consistencyRanges, hashRanges, rangeNodes, type LeafRange } from '@/lib/ledger/proof'
import { ledgerStatus, proofOf } from '@/lib/ledger/read'
import { query, type Sql } from '@/lib/ledger/sql'
import { tilesNamed } from '@/lib/ledger/store-read'
import { nodeFromTile, TILE_WIDTH, tileOf } from '@/lib/ledger/tile'
import type { TileAddress } from '@/lib/ledger/tile-path'
import { encodeTlogProof } from '@/lib/ledger/tlog-proof'

/**
 * A tile or an entry bundle of the log, as wide as asked (C2SP tlog-tiles); null unless the last signed checkpoint covers all
 * of it. What a partial one holds is the beginning of what it becomes, so any width that was ever signed is answered.
 */
export async function readTile(sql: Sql, address: TileAddress): Promise<Buffer | null> {
  const { size } = await ledgerStatus(sql)
  const level = address.level === 'entries' ? 0 : address.level
  // 256^7 leaves are more than a bigint of them; what lies above is never begun
  const count = level > 7 ? 0 : Math.floor(size / TILE_WIDTH ** level)
  if (address.n * TILE_WIDTH + address.width > count) return null
  return address.level === 'entries' ? bundleOf(sql, address) : tileBytes(sql, { ...address, level })
}

async function tileBytes(sql: Sql, { level, n, width }: TileAddress & { level: number }): Promise<Buffer | null> {
  const [tile] = await tilesNamed(sql, [{ level, n }])
  return tile && tile.hashes.length >= 32 * width ? tile.hashes.subarray(0, 32 * width) : null
}

async function bundleOf(sql: Sql, { n, width }: TileAddress): Promise<Buffer | null> {
  const rows = await query<{ envelope: Uint8Array }>(
    sql,
    `SELECT e.envelope FROM ledger.leaf l JOIN ledger.entry e ON e.id = l.entry_id
      WHERE l.idx >= $1::bigint AND l.idx < $1::bigint + $2::int ORDER BY l.idx`,
    [n * TILE_WIDTH, width],
  )
  return rows.length === width ? encodeBundle(rows.map(({ envelope }) => envelope)) : null
}

/**
 * The hashes that prove the first `from` entries to be the beginning of the first `to` (RFC 6962 §2.1.2), for 1 ≤ from ≤ to ≤
 * the signed size; null otherwise. They say nothing of the entries.
 */
export async function readConsistency(sql: Sql, from: number, to: number): Promise<Hash[] | null> {
  const { size } = await ledgerStatus(sql)
  return from >= 1 && from <= to && to <= size ? hashesOf(sql, consistencyRanges(from, to)) : null
}

/** The root over the first `size` entries, from the tiles; null where they do not reach that far. */
export async function readRoot(sql: Sql, size: number): Promise<Hash | null> {
  const status = await ledgerStatus(sql)
  if (size < 1 || size > status.size) return null
  const [root] = await hashesOf(sql, [{ start: 0, end: size }])
  return root ?? null
}

/** The `.tlog-proof` of the entry at `index` (C2SP tlog-proof); null while no signed checkpoint covers it. @throws Fault `unavailable` */
export async function readTlogProof(sql: Sql, index: number): Promise<string | null> {
  const proof = await proofOf(sql, index)
  if (proof?.missing)
    throw fault('unavailable', { detail: `Tile ${proof.missing} of the log is missing: verify the ledger.` })
  return proof && encodeTlogProof({ index, path: proof.path, checkpoint: proof.checkpoint })
}

/** Size and root of the last signed checkpoint, as its note says them; null before the first. */
export function signedTree(note: string | null): { size: number; root: Hash } | null {
  const text = note === null ? null : checkpointText(note)
  return text === null ? null : parseCheckpoint(text)
}

async function hashesOf(sql: Sql, ranges: readonly LeafRange[]): Promise<Hash[]> {
  const tiles = await tilesNamed(sql, ranges.flatMap(rangeNodes).map(tileOf))
  return hashRanges(ranges, (node) => {
    const { level, n } = tileOf(node)
    const tile = tiles.find((one) => one.level === level && one.n === n)
    if (!tile) throw new Error(`tile ${level}/${n} is missing`)
    return nodeFromTile(tile, node)
  })
}
