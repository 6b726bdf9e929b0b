import { idTime } from '@/lib/core/ids'
import { columnsOf, parseEntry } from '@/lib/ledger/entry'
import type { LedgerKeys } from '@/lib/ledger/keys'
import { isForgotten, type Forgotten } from '@/lib/ledger/forgotten'
import { leafHash } from '@/lib/ledger/merkle'
import { openSealed } from '@/lib/ledger/open'
import type { WalkedRow } from '@/lib/ledger/store-verify'

/** What can be wrong with the ledger, each with the sentence that says it. Closed. */
export const FAULTS = {
  index_missing: 'the index is missing',
  entry_missing: 'the entry is gone',
  not_an_entry: 'its bytes are not an entry in canonical form',
  other_id: 'its bytes name another entry',
  other_hash: 'its hash is not that of its bytes',
  other_columns: 'what it is searched by is not what its bytes say',
  other_time: 'it was not recorded when its id says',
  not_in_tree: 'the tree was built over other bytes',
  payload_missing: 'its payload is gone, and no entry says that it was erased or expired',
  payload_changed: 'its payload is not the one it commits to',
  projection_changed: 'what lists show of it is not what it commits to',
  payload_locked: 'its payload is sealed under a key that does not open',
  tree_changed: 'the tree above it was changed',
  head_changed: 'the tree does not end as its head says',
  checkpoint_unsigned: 'a checkpoint does not carry the signature of this ledger',
  key_unsigned: 'it names another signing key, and the ledger’s own did not sign that',
  checkpoint_differs: 'a signed checkpoint says otherwise about the entries up to here',
  cut_off: 'a checkpoint covers more entries than there are',
  beyond_tree: 'an index was given outside the tree',
  no_index: 'it never got an index',
  quarantined: 'it was put in quarantine and never got an index',
} as const
export type LedgerFault = keyof typeof FAULTS

/** Clocks of the app and the database may differ by 5 s when an entry is made; a second more for the way. */
const TIME_TOLERANCE_MS = 6_000

const PAYLOAD_FAULTS = {
  cannot_decrypt: 'payload_changed',
  other_commitment: 'payload_changed',
  other_projection: 'projection_changed',
  wrong_key: 'payload_locked',
  not_an_entry: 'not_an_entry',
} as const satisfies Record<string, LedgerFault>

export type Soundness = { fault: LedgerFault | null; payload: 'none' | 'open' | 'erased' | 'unread' }

/**
 * Judges one entry by itself: bytes, hash, columns, time, and the payload against its commitment. Pure.
 * @param keys null: payloads are not opened, and say nothing
 * @param forgotten what entries say was erased or has expired
 */
export function judgeEntry(row: WalkedRow, keys: Pick<LedgerKeys, 'payload'> | null, forgotten: Forgotten): Soundness {
  const stored = row.entry
  if (!stored) return { fault: 'entry_missing', payload: 'none' }
  const entry = parseEntry(stored.envelope)
  const bad = (fault: LedgerFault): Soundness => ({ fault, payload: 'none' })
  if (!entry) return bad('not_an_entry')
  if (entry.id !== row.entryId) return bad('other_id')
  if (!leafHash(stored.envelope).equals(stored.leafHash)) return bad('other_hash')
  const columns = columnsOf(entry)
  if (Object.entries(columns).some(([name, value]) => stored[name as keyof typeof columns] !== value))
    return bad('other_columns')
  if (Math.abs(stored.recordedAt.getTime() - idTime(entry.id)) > TIME_TOLERANCE_MS) return bad('other_time')
  if (!keys) return { fault: null, payload: entry.commitment ? 'unread' : 'none' }

  const sealed = {
    envelope: stored.envelope,
    ciphertext: row.ciphertext,
    key_id: row.keyId,
    wrapped_dek: row.wrappedDek,
    projection: row.projection,
  }
  const opened = openSealed(entry.id, sealed, keys)
  if (opened.state === 'broken') return bad(PAYLOAD_FAULTS[opened.reason])
  const missing = opened.state === 'erased' && !isForgotten(forgotten, entry, row.ciphertext ? row.keyId : null)
  return { fault: missing ? 'payload_missing' : null, payload: opened.state }
}
