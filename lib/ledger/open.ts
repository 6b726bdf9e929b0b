import { parseEntry } from '@/lib/ledger/entry'
import { ledger } from '@/lib/ledger/handle'
import { unseal, unwrapKey } from '@/lib/ledger/payload'
import type { Sql } from '@/lib/ledger/sql'
import { findAllSealed, findSealed, type SealedRow } from '@/lib/ledger/store'
import type { LedgerKeys } from '@/lib/ledger/keys'

/** What a payload turns out to be. `none`: the entry never had one. `erased`: it is gone, or its key is. `broken`: changed. */
export type OpenedPayload =
  | { state: 'open'; payload: unknown }
  | { state: 'none' | 'erased' }
  | {
      state: 'broken'
      reason: 'cannot_decrypt' | 'other_commitment' | 'other_projection' | 'wrong_key' | 'not_an_entry'
    }

/**
 * Decrypts the payload of an entry and checks it against the entry's commitment. Who may read it is the caller's question, and
 * reading one is itself an entry (`payload.read`) where the caller's room says so. Null: no such entry.
 */
export async function openPayload(sql: Sql, entryId: string): Promise<OpenedPayload | null> {
  const row = await findSealed(sql, entryId)
  return row ? openSealed(entryId, row, ledger().keys) : null
}

/** Many at once, by the ids of their entries; those that are no entries are left out. */
export async function openPayloads(sql: Sql, entryIds: readonly string[]): Promise<Map<string, OpenedPayload>> {
  if (entryIds.length === 0) return new Map()
  const rows = await findAllSealed(sql, entryIds)
  return new Map(rows.map((row) => [row.id, openSealed(row.id, row, ledger().keys)]))
}

/** The same for a row that was read already. Never throws. */
export function openSealed(entryId: string, row: SealedRow, keys: Pick<LedgerKeys, 'payload'>): OpenedPayload {
  const entry = parseEntry(row.envelope)
  if (!entry) return { state: 'broken', reason: 'not_an_entry' }
  if (!entry.commitment) {
    if (row.ciphertext) return { state: 'broken', reason: 'other_commitment' }
    return row.projection ? { state: 'broken', reason: 'other_projection' } : { state: 'none' }
  }
  if (!row.ciphertext || !row.key_id || !row.wrapped_dek) return { state: 'erased' }
  const key = unwrapKey(row.key_id, row.wrapped_dek, keys.payload)
  if (!key) return { state: 'broken', reason: 'wrong_key' }
  const opened = unseal(entryId, row.ciphertext, entry.commitment, row.projection, key)
  return opened.ok ? { state: 'open', payload: opened.payload } : { state: 'broken', reason: opened.reason }
}
