import { parseEntry, type Entry, type Outcome } from '@/lib/ledger/entry'
import { type EntryKind } from '@/lib/ledger/entry-kinds'
import { leafHash, type Hash } from '@/lib/ledger/merkle'
import type { StoredProjection } from '@/lib/ledger/payload'
import { hashRanges, inclusionRanges, rangeNodes, type NodeId } from '@/lib/ledger/proof'
import { parseCheckpoint } from '@/lib/ledger/checkpoint'
import type { Sql } from '@/lib/ledger/sql'
import {
  countNewerRows,
  entryRow,
  entryRowAt,
  entryRowsByIds,
  entryRowsFrom,
  entryRowsOfAction,
  pageOfEntries,
  statusRow,
  tilesNamed,
  type EntryRow,
} from '@/lib/ledger/store-read'
import { nodeFromTile, tileOf } from '@/lib/ledger/tile'

/** An entry as screens and consumers get it. Who may see it is asked by the room that shows it. */
export interface LedgerEntry {
  id: string
  /** Its place in the log; null for the fraction of a second until it has one. */
  index: number | null
  recordedAt: Date
  /** Null when the stored bytes are no entry: somebody changed them, and verification will say so. */
  entry: Entry | null
  /** Plain and searchable; null when there is none or it was erased. Hostile text. */
  projection: StoredProjection | null
  /** SHA-256(0x00 ‖ bytes). */
  leaf: Hash
  /** The bytes themselves, as they are stored. */
  bytes: Buffer
}

export interface ListFilter {
  agentId?: string
  /** entries about any of these agents */
  agentIds?: readonly string[]
  outcome?: Outcome
  kinds?: readonly EntryKind[]
  personId?: string
  runId?: string
}

/** One page of a list, newest first. `older` and `newer` are the cursors of the pages beside it; null at the end of the list. */
export interface EntryPage {
  entries: LedgerEntry[]
  older: string | null
  newer: string | null
}

const MOST = 200

/**
 * Entries newest first, paged by id (which is by time). `before` answers what is older than an entry, `after` what is newer.
 * @param limit 1 to 200
 */
export async function listEntries(
  sql: Sql,
  filter: ListFilter,
  page: { before?: string; after?: string; limit?: number } = {},
): Promise<EntryPage> {
  const limit = Math.min(Math.max(page.limit ?? 50, 1), MOST)
  const newer = page.before === undefined && page.after !== undefined
  const than = page.before ?? page.after ?? null
  const rows = await pageOfEntries(sql, filter, { than, newer }, limit + 1)
  const more = rows.length > limit
  // One row more than asked tells whether there is another page; it is the farthest from where we came.
  const entries = (newer && more ? rows.slice(1) : rows.slice(0, limit)).map(toEntry)
  const first = entries.at(0)?.id ?? null
  const last = entries.at(-1)?.id ?? null
  return {
    entries,
    older: newer || more ? last : null,
    newer: newer ? (more ? first : null) : than === null ? null : first,
  }
}

/** How many entries of a list have come since one, counted to `most`: a page never counts the whole log. */
export function countNewer(sql: Sql, filter: ListFilter, than: string, most: number): Promise<number> {
  return countNewerRows(sql, filter, than, most)
}

/** One entry by its id; null when there is none. */
export async function entryById(sql: Sql, id: string): Promise<LedgerEntry | null> {
  const row = await entryRow(sql, id)
  return row && toEntry(row)
}

/** Entries by their ids, newest first; those that do not exist are left out. */
export async function entriesByIds(sql: Sql, ids: readonly string[]): Promise<LedgerEntry[]> {
  return ids.length === 0 ? [] : (await entryRowsByIds(sql, ids)).map(toEntry)
}

/** The entry at an index of the log; null beyond its end. */
export async function entryAt(sql: Sql, index: number): Promise<LedgerEntry | null> {
  const row = await entryRowAt(sql, index)
  return row && toEntry(row)
}

/** The story of an action: its decision and everything recorded about it, oldest first. */
export async function entriesOfAction(sql: Sql, actionId: string): Promise<LedgerEntry[]> {
  return (await entryRowsOfAction(sql, actionId)).map(toEntry)
}

/** Entries in the order of the log, from an index on: what consumers tail. */
export async function entriesFrom(sql: Sql, index: number, limit: number): Promise<LedgerEntry[]> {
  return (await entryRowsFrom(sql, index, Math.min(limit, 1_000))).map(toEntry)
}

export interface LedgerStatus {
  /** The name the log signs under; null before the first start. */
  origin: string | null
  vkey: string | null
  receiptVkey: string | null
  /** Entries under the last signed checkpoint: the ledger is sealed up to #size - 1. */
  size: number
  root: Hash | null
  checkpoint: string | null
  signedAt: Date | null
  /** Entries that wait for their index, and since when the oldest one does. */
  waiting: number
  waitingSince: Date | null
  quarantined: number
}

/** Where the log stands, for the head of every page and for the integrity page. */
export async function ledgerStatus(sql: Sql): Promise<LedgerStatus> {
  const row = await statusRow(sql)
  if (!row) throw new Error('ledger.tree_head has no row')
  return {
    origin: row.origin,
    vkey: row.vkey,
    receiptVkey: row.receipt_vkey,
    size: Number(row.size),
    root: (row.note && parseCheckpoint(row.note.slice(0, row.note.indexOf('\n\n') + 1))?.root) || null,
    checkpoint: row.note,
    signedAt: row.signed_at,
    waiting: Number(row.waiting),
    waitingSince: row.waiting_since,
    quarantined: Number(row.quarantined),
  }
}

export interface EntryProof {
  index: number
  size: number
  path: Hash[]
  /** The signed checkpoint the path leads to. */
  checkpoint: string
  /** The tile the path needs and the database does not hold whole, as `level/n`; the path is then empty. Null: none. */
  missing: string | null
}

/** The proof that the entry at `index` is under the last signed checkpoint; null while it is under none. */
export async function proofOf(sql: Sql, index: number): Promise<EntryProof | null> {
  const { size, checkpoint } = await ledgerStatus(sql)
  if (checkpoint === null || index >= size) return null
  const ranges = inclusionRanges(index, size)
  // Tiles may have grown since: what they held of this tree is still their beginning.
  const tiles = await tilesNamed(sql, ranges.flatMap(rangeNodes).map(tileOf))
  let missing: string | null = null
  const hashAt = (node: NodeId): Hash => {
    const { level, n } = tileOf(node)
    missing = `${level}/${n}`
    const tile = tiles.find((one) => one.level === level && one.n === n)
    if (!tile) throw new RangeError(`tile ${missing} is missing`)
    return nodeFromTile(tile, node)
  }
  try {
    return { index, size, path: hashRanges(ranges, hashAt), checkpoint, missing: null }
  } catch (error) {
    if (error instanceof RangeError) return { index, size, path: [], checkpoint, missing }
    throw error
  }
}

function toEntry(row: EntryRow): LedgerEntry {
  return {
    id: row.id,
    index: row.idx === null ? null : Number(row.idx),
    recordedAt: row.recorded_at,
    entry: parseEntry(row.envelope),
    projection: row.projection,
    leaf: leafHash(row.envelope),
    bytes: Buffer.from(row.envelope),
  }
}
