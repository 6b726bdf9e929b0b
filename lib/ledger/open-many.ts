import type { KeyObject } from 'node:crypto'
import { parseEntry } from '@/lib/ledger/entry'
import { ledger } from '@/lib/ledger/handle'
import type { OpenedPayload } from '@/lib/ledger/open'
import { unseal, unwrapKey } from '@/lib/ledger/payload'
import { query, type Sql } from '@/lib/ledger/sql'
import type { SealedRow } from '@/lib/ledger/store'

/**
 * The payloads of many entries with one statement, each checked against its entry as `openPayload` does. A generator: what was read is
 * let go of, and whoever reads may pause. Who may read them is the caller's question. Ids of no entry are left out.
 * @param entryIds at most some hundreds, since their ciphertexts are in memory together
 */
export async function* openPayloads(
  sql: Sql,
  entryIds: readonly string[],
): AsyncGenerator<{ id: string; opened: OpenedPayload }> {
  // their range lets the planner leave out the tables of other months; as text, UUIDs have the order they have as such
  const sorted = entryIds.toSorted()
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (first === undefined || last === undefined) return
  const rows = await query<SealedRow & { id: string }>(
    sql,
    `SELECT e.id::text AS id, e.envelope, p.ciphertext, k.id::text AS key_id, k.wrapped_dek,
            CASE WHEN j.entry_id IS NOT NULL THEN to_jsonb(j) - 'entry_id' END AS projection
       FROM ledger.entry e
       LEFT JOIN ledger.payload p ON p.entry_id = e.id AND p.entry_id BETWEEN $2::uuid AND $3::uuid
       LEFT JOIN ledger.subject_key k ON k.id = p.subject_key_id
       LEFT JOIN ledger.projection j ON j.entry_id = e.id AND j.entry_id BETWEEN $2::uuid AND $3::uuid
      WHERE e.id = ANY (string_to_array($1, ',')::uuid[]) AND e.id BETWEEN $2::uuid AND $3::uuid`,
    [entryIds.join(','), first, last],
  )
  const keys = new Map<string, KeyObject | null>()
  for (const { id, ...row } of rows) yield { id, opened: openRow(id, row, keys) }
}

function openRow(id: string, row: SealedRow, keys: Map<string, KeyObject | null>): OpenedPayload {
  const entry = parseEntry(row.envelope)
  if (!entry) return { state: 'broken', reason: 'not_an_entry' }
  if (!entry.commitment) return { state: 'none' }
  const { key_id: keyId, wrapped_dek: wrapped, ciphertext } = row
  if (!ciphertext || !keyId || !wrapped) return { state: 'erased' }
  let key = keys.get(keyId)
  if (key === undefined) {
    key = unwrapKey(keyId, wrapped, ledger().keys.payload)
    keys.set(keyId, key)
  }
  if (!key) return { state: 'broken', reason: 'wrong_key' }
  const opened = unseal(id, ciphertext, entry.commitment, row.projection, key)
  return opened.ok ? { state: 'open', payload: opened.payload } : { state: 'broken', reason: opened.reason }
}
