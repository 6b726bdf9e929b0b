import type pg from 'pg'
import { openCheckpoint } from '@/lib/ledger/checkpoint'
import type { LedgerKeys } from '@/lib/ledger/keys'
import {
  appendLeaf,
  decodeRange,
  emptyRange,
  leafHash,
  rangeRoot,
  type CompactRange,
  type Hash,
} from '@/lib/ledger/merkle'
import type { NoteVerifier } from '@/lib/ledger/note'
import { judgeEntry, type LedgerFault } from '@/lib/ledger/soundness'
import { readHead, readTiles } from '@/lib/ledger/store-sequence'
import {
  beginSnapshot,
  entryWithoutLeaf,
  erasedEntries,
  keptCheckpoints,
  surroundings,
  walkRows,
} from '@/lib/ledger/store-verify'
import { edgeTiles, growTiles, TILE_WIDTH, type Tile } from '@/lib/ledger/tile'

/** The ledger is whole: every entry under one signed root. Or the first thing that is not so, and where. */
export type Verdict =
  | { whole: true; size: number; root: Hash; waiting: number; erased: number; unread: number; checkpoints: number }
  | { whole: false; fault: LedgerFault; idx: number | null; entryId: string | null }

export interface VerifyOptions {
  /** A login that reads every table of the ledger. */
  client: pg.ClientBase
  /** The key that must have signed: from this install's keys or given by hand, never from the database that is judged. */
  verifier: NoteVerifier
  /** Opens payloads; null leaves them unread. */
  keys: Pick<LedgerKeys, 'payload'> | null
  /** Checkpoints held elsewhere: the released one, one that an auditor took home. */
  held?: readonly string[]
  onProgress?: (done: number, size: number) => void
}

/**
 * Walks the whole log in one snapshot: index by index, entry against leaf, columns, payload and tree, the tree against its head and
 * every kept and held checkpoint, and then what lies outside. It rebuilds everything from the entries' bytes and
 * believes no hash it reads. Stops at the first fault.
 */
export async function verifyLedger(options: VerifyOptions): Promise<Verdict> {
  const { client } = options
  await beginSnapshot(client)
  try {
    return await walkLedger(options)
  } finally {
    await client.query('ROLLBACK')
  }
}

/** The same, in the snapshot that the caller opened. */
export async function walkLedger({ client, verifier, keys, held = [], onProgress }: VerifyOptions): Promise<Verdict> {
  const broken = (fault: LedgerFault, idx: number | null, entryId: string | null = null): Verdict => ({
    whole: false,
    fault,
    idx,
    entryId,
  })
  const head = await readHead(client)
  const kept = await keptCheckpoints(client, verifier.name)
  const notes = [...kept.map(({ note }) => note), ...held, ...(head.note === null ? [] : [head.note])]
  const opened = notes.map((note) => openCheckpoint(note, verifier))
  const signed = opened.flatMap((one) => (one.ok ? [one] : [])).sort((a, b) => a.size - b.size)
  if (opened.some((one) => !one.ok)) return broken('checkpoint_unsigned', null)
  if (kept.some(({ size, root }, i) => !opened[i]?.ok || opened[i].size !== size || !opened[i].root.equals(root))) {
    return broken('checkpoint_unsigned', null)
  }

  const roots = new Map<number, Hash[]>()
  for (const { size, root } of signed) roots.set(size, [...(roots.get(size) ?? []), root])
  const erased = await erasedEntries(client)
  const tree = { range: emptyRange(), edge: [] as Tile[], trusted: 0 }
  const count = { erased: 0, unread: 0 }
  while (tree.range.size < head.size) {
    const first = tree.range.size
    const rows = await walkRows(client, first, Math.min(TILE_WIDTH, head.size - first))
    const tiles = await readTiles(client, [{ level: 0, n: first / TILE_WIDTH }])
    const leaves: Hash[] = []
    for (let i = 0; i < Math.min(TILE_WIDTH, head.size - first); i += 1) {
      const idx = first + i
      const row = rows[i]
      if (row?.idx !== idx) return broken('index_missing', idx)
      const judged = judgeEntry(row, keys, erased)
      if (judged.fault) return broken(judged.fault, idx, row.entryId)
      if (judged.payload === 'erased') count.erased += 1
      if (judged.payload === 'unread') count.unread += 1
      const leaf = leafHash(row.entry?.envelope ?? Buffer.alloc(0))
      if (!tiles[0]?.hashes.subarray(32 * i, 32 * i + 32).equals(leaf)) return broken('not_in_tree', idx, row.entryId)
      leaves.push(leaf)
      appendLeaf(tree.range, leaf)
      const promised = roots.get(tree.range.size)
      if (promised?.some((root) => !root.equals(rangeRoot(tree.range))))
        return broken('checkpoint_differs', tree.trusted)
      if (promised) tree.trusted = tree.range.size
    }
    const grown = growTiles(first, tree.edge, leaves)
    const wrong = await firstWrongTile(
      client,
      grown.filter(({ level, hashes }) => level > 0 && hashes.length === 32 * TILE_WIDTH),
    )
    if (wrong !== null) return broken('tree_changed', wrong)
    tree.edge = edgeOf(tree, grown)
    onProgress?.(tree.range.size, head.size)
  }

  const wrong = await firstWrongTile(client, tree.edge)
  if (wrong !== null) return broken('tree_changed', wrong)
  const largest = signed.at(-1)
  if (largest && largest.size > head.size) return broken('cut_off', head.size)
  if (!sameHead(head, tree.range) || (head.size > 0 && largest?.size !== head.size)) return broken('head_changed', null)
  const around = await surroundings(client, head.size)
  if (around.beyond) return broken('beyond_tree', around.beyond.idx, around.beyond.entryId)
  if (!tilesCounted(head.size, around.tiles)) return broken('tree_changed', null)
  const lost = await entryWithoutLeaf(client)
  if (lost) return broken(lost.quarantined ? 'quarantined' : 'no_index', null, lost.id)
  return {
    whole: true,
    size: head.size,
    root: rangeRoot(tree.range),
    waiting: around.waiting,
    checkpoints: roots.size,
    ...count,
  }
}

/** The first leaf under the first tile that is not what the entries make of it; null when all are. */
async function firstWrongTile(client: pg.ClientBase, tiles: readonly Tile[]): Promise<number | null> {
  const found = await readTiles(client, tiles)
  for (const tile of tiles) {
    const stored = found.find(({ level, n }) => level === tile.level && n === tile.n)?.hashes ?? Buffer.alloc(0)
    if (stored.equals(tile.hashes)) continue
    let at = 0
    while (
      stored.subarray(32 * at, 32 * at + 32).equals(tile.hashes.subarray(32 * at, 32 * at + 32)) &&
      32 * at < tile.hashes.length
    )
      at += 1
    return (tile.n * TILE_WIDTH + Math.min(at, tile.hashes.length / 32 - 1)) * TILE_WIDTH ** tile.level
  }
  return null
}

/** The unfinished tiles after a step: those that just grew, and those above that did not. */
function edgeOf(tree: { range: CompactRange; edge: Tile[] }, grown: readonly Tile[]): Tile[] {
  return edgeTiles(tree.range.size).flatMap(
    ({ level, n }) => [...grown, ...tree.edge].find((tile) => tile.level === level && tile.n === n) ?? [],
  )
}

function sameHead(head: { size: number; compactRange: Buffer }, range: CompactRange): boolean {
  try {
    return rangeRoot(decodeRange(head.size, head.compactRange)).equals(rangeRoot(range))
  } catch {
    return false
  }
}

/** A tile that belongs to no tree would be served all the same. */
function tilesCounted(size: number, tiles: Readonly<Record<string, number>>): boolean {
  const expected: Record<string, number> = {}
  for (let level = 0, width = size; width > 0; level += 1, width = Math.floor(width / TILE_WIDTH)) {
    expected[level] = Math.ceil(width / TILE_WIDTH)
  }
  const levels = new Set([...Object.keys(expected), ...Object.keys(tiles)])
  return [...levels].every((level) => Number(tiles[level] ?? 0) === (expected[level] ?? 0))
}
