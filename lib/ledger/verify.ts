import type pg from 'pg'
import type { Forgotten } from '@/lib/ledger/forgotten'
import { openUnderChain, type KeyChain } from '@/lib/ledger/key-chain'
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
import { readKeyChain } from '@/lib/ledger/read-keys'
import { judgeEntry, type LedgerFault } from '@/lib/ledger/soundness'
import { readHead, readTiles, type Head } from '@/lib/ledger/store-sequence'
import {
  entryWithoutLeaf,
  forgottenPayloads,
  keptCheckpoints,
  surroundings,
  walkRows,
  type KeptCheckpoint,
} from '@/lib/ledger/store-verify'
import { SUCCESSION_KINDS } from '@/lib/ledger/succession'
import { edgeTiles, growTiles, TILE_WIDTH, type Tile } from '@/lib/ledger/tile'

/** The ledger is whole: every entry under one signed root. Or the first thing that is not so, and where. */
export type Verdict =
  | { whole: true; size: number; root: Hash; waiting: number; erased: number; unread: number; checkpoints: number }
  | { whole: false; fault: LedgerFault; idx: number | null; entryId: string | null }

export interface VerifyOptions {
  /** A login that reads every table of the ledger. */
  client: pg.ClientBase
  /**
   * The key that must have signed, or one of the log's whose successor did: from this install's keys or given by hand, never from the
   * database that is judged.
   */
  verifier: NoteVerifier
  /** Opens payloads; null leaves them unread. */
  keys: Pick<LedgerKeys, 'payload'> | null
  /** Checkpoints held elsewhere: the released one, one that an auditor took home. */
  held?: readonly string[]
  onProgress?: (done: number, size: number) => void
  /** Awaited after every 256 entries; a throw ends the walk without a verdict. */
  pause?: () => Promise<void>
}

/**
 * Walks the whole log: index by index, entry against leaf, columns, payload and tree, the tree against its head and every kept
 * and held checkpoint, and then what lies outside. It rebuilds everything from the entries' bytes and believes no
 * hash it reads. Stops at the first fault. What is appended meanwhile is left for the next time.
 */
export async function verifyLedger(options: VerifyOptions): Promise<Verdict> {
  const { client } = options
  const signed = await readSigned(options)
  if (!signed) return broken('checkpoint_unsigned', null)
  const tree: Tree = { range: emptyRange(), edge: [], trusted: 0, erased: 0, unread: 0 }
  const forgotten = await forgottenPayloads(client)
  while (tree.range.size < signed.head.size) {
    const found = await walkTile(options, signed, tree, forgotten)
    if (found) return found
    options.onProgress?.(tree.range.size, signed.head.size)
    await options.pause?.()
  }
  const found = (await judgeEnd(client, signed, tree)) ?? (await judgeSurroundings(client))
  if (found !== null && 'whole' in found) return found
  const { range, erased: gone, unread } = tree
  const root = rangeRoot(range)
  return {
    whole: true,
    size: range.size,
    root,
    waiting: found.waiting,
    erased: gone,
    unread,
    checkpoints: signed.roots.size,
  }
}

type Broken = Verdict & { whole: false }
type Signed = { head: Head; roots: Map<number, Hash[]>; largest: number; chain: KeyChain }
/** What was rebuilt so far; `trusted` is the size that the last agreeing checkpoint vouches for. */
type Tree = { range: CompactRange; edge: Tile[]; trusted: number; erased: number; unread: number }

function broken(fault: LedgerFault, idx: number | null, entryId: string | null = null): Broken {
  return { whole: false, fault, idx, entryId }
}

/** Everything signed, by size; null when one is not signed by this ledger, or is kept under another size or root than it says. */
async function readSigned({ client, verifier, held = [] }: VerifyOptions): Promise<Signed | null> {
  // In this order: what was signed before must be under a head that is read after.
  const chain = await readKeyChain(client, verifier)
  if (!chain) return null
  const names = new Set(chain.keys.map((key) => key.verifier.name))
  const kept: KeptCheckpoint[] = []
  for (const name of names) kept.push(...(await keptCheckpoints(client, name)))
  const head = await readHead(client)
  const roots = new Map<number, Hash[]>()
  const add = (note: string, as: { size: number; root: Hash } | null): boolean => {
    const opened = openUnderChain(note, chain)
    if (!opened || (as && (as.size !== opened.size || !as.root.equals(opened.root)))) return false
    if (opened.lost) return true
    roots.set(opened.size, [...(roots.get(opened.size) ?? []), opened.root])
    return true
  }
  const notes = [...held, ...(head.note === null ? [] : [head.note])]
  if (!kept.every((one) => add(one.note, one)) || !notes.every((note) => add(note, null))) return null
  return { head, roots, largest: Math.max(0, ...roots.keys()), chain }
}

/** The next 256 entries: each by itself, in the lowest tile, and under the checkpoints that end here; then the tiles above. */
async function walkTile(
  { client, keys }: VerifyOptions,
  { head, roots, chain }: Signed,
  tree: Tree,
  forgotten: Forgotten,
): Promise<Broken | null> {
  const first = tree.range.size
  const count = Math.min(TILE_WIDTH, head.size - first)
  const rows = await walkRows(client, first, count)
  const [tile] = await readTiles(client, [{ level: 0, n: first / TILE_WIDTH }])
  const leaves: Hash[] = []
  for (let i = 0; i < count; i += 1) {
    const row = rows[i]
    if (row?.idx !== first + i) return broken('index_missing', first + i)
    const judged = judgeEntry(row, keys, forgotten)
    if (judged.fault) return broken(judged.fault, row.idx, row.entryId)
    if (isSuccession(row.entry?.kind) && !chain.entries.has(row.entryId))
      return broken('key_unsigned', row.idx, row.entryId)
    if (judged.payload === 'erased') tree.erased += 1
    if (judged.payload === 'unread') tree.unread += 1
    const leaf = leafHash(row.entry?.envelope ?? Buffer.alloc(0))
    if (!tile?.hashes.subarray(32 * i, 32 * i + 32).equals(leaf)) return broken('not_in_tree', row.idx, row.entryId)
    leaves.push(leaf)
    appendLeaf(tree.range, leaf)
    const promised = roots.get(tree.range.size)
    if (!promised) continue
    if (!promised.every((root) => root.equals(rangeRoot(tree.range)))) return broken('checkpoint_differs', tree.trusted)
    tree.trusted = tree.range.size
  }
  const grown = growTiles(first, tree.edge, leaves)
  tree.edge = edgeTiles(tree.range.size).flatMap(
    ({ level, n }) => [...grown, ...tree.edge].find((one) => one.level === level && one.n === n) ?? [],
  )
  const full = grown.filter(({ level, hashes }) => level > 0 && hashes.length === 32 * TILE_WIDTH)
  const wrong = await firstWrongTile(client, full)
  return wrong === null ? null : broken('tree_changed', wrong)
}

/** The right edge: unfinished tiles, no checkpoint beyond it, and the head itself. */
async function judgeEnd(
  client: pg.ClientBase,
  { head, largest }: Signed,
  { range, edge }: Tree,
): Promise<Broken | null> {
  const wrong = await firstWrongTile(client, edge)
  if (wrong !== null) return broken('tree_changed', wrong)
  if (largest > head.size) return broken('cut_off', head.size)
  return sameHead(head, range) && largest === head.size ? null : broken('head_changed', null)
}

async function judgeSurroundings(client: pg.ClientBase): Promise<Broken | { waiting: number }> {
  const around = await surroundings(client)
  if (around.beyond) return broken('beyond_tree', around.beyond.idx, around.beyond.entryId)
  if (!tilesEndWith(around.size, around.hashes)) return broken('tree_changed', null)
  const lost = await entryWithoutLeaf(client)
  if (lost) return broken(lost.quarantined ? 'quarantined' : 'no_index', null, lost.id)
  return { waiting: around.waiting }
}

/** The first leaf under the first tile that is not what the entries make of it; null when all are. */
async function firstWrongTile(client: pg.ClientBase, tiles: readonly Tile[]): Promise<number | null> {
  const found = await readTiles(client, tiles)
  for (const tile of tiles) {
    const stored = found.find(({ level, n }) => level === tile.level && n === tile.n)?.hashes ?? Buffer.alloc(0)
    // It may have grown since; what it held stays its beginning.
    if (stored.subarray(0, tile.hashes.length).equals(tile.hashes)) continue
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

function isSuccession(kind: string | undefined): boolean {
  return (SUCCESSION_KINDS as readonly (string | undefined)[]).includes(kind)
}

function sameHead(head: { size: number; compactRange: Buffer }, range: CompactRange): boolean {
  try {
    return rangeRoot(decodeRange(head.size, head.compactRange)).equals(rangeRoot(range))
  } catch {
    return false
  }
}

/** A hash that belongs to no tree would be served all the same. */
function tilesEndWith(size: number, hashes: Readonly<Record<string, number>>): boolean {
  const levels = Math.max(0, ...Object.keys(hashes).map(Number))
  for (let level = 0, held = size; held > 0 || level <= levels; level += 1, held = Math.floor(held / TILE_WIDTH)) {
    if (Number(hashes[level] ?? 0) !== held) return false
  }
  return true
}
