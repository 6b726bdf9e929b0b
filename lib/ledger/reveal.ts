import { ledger } from '@/lib/ledger/handle'
import { projectionText, unsealed, unwrapKey, type StoredProjection } from '@/lib/ledger/payload'
import { parseEntry } from '@/lib/ledger/entry'
import { query, type Sql } from '@/lib/ledger/sql'

/**
 * What opens an entry's commitment for somebody else: the nonce and the exact bytes that were committed to. Whoever has these can
 * check them against the entry without any key of this install; giving them away gives the payload away. `broken`: what is
 * stored is not what the entry commits to.
 */
export type Revealed =
  { state: 'opened'; nonce: Buffer; projection: string; payload: string } | { state: 'erased' } | { state: 'broken' }

/** The payloads of some entries, by entry id; entries without one are left out. Who may see them is the caller's question. */
export async function revealPayloads(sql: Sql, entryIds: readonly string[]): Promise<ReadonlyMap<string, Revealed>> {
  if (entryIds.length === 0) return new Map()
  const rows = await query<{
    id: string
    envelope: Uint8Array
    ciphertext: Uint8Array | null
    key_id: string | null
    wrapped_dek: Uint8Array | null
    projection: StoredProjection | null
  }>(
    sql,
    `SELECT e.id::text AS id, e.envelope, p.ciphertext, k.id::text AS key_id, k.wrapped_dek,
            CASE WHEN j.entry_id IS NOT NULL THEN to_jsonb(j) - 'entry_id' END AS projection
       FROM ledger.entry e
       LEFT JOIN ledger.payload p ON p.entry_id = e.id
       LEFT JOIN ledger.subject_key k ON k.id = p.subject_key_id
       LEFT JOIN ledger.projection j ON j.entry_id = e.id
      WHERE e.id = ANY (string_to_array($1, ',')::uuid[])`,
    [entryIds.join(',')],
  )
  const { keys } = ledger()
  const opened = new Map<string, Revealed>()
  for (const { id, envelope, ciphertext, key_id: keyId, wrapped_dek: wrapped, projection } of rows) {
    const commitment = parseEntry(envelope)?.commitment
    if (!commitment) continue
    if (!ciphertext || !keyId || !wrapped) {
      opened.set(id, { state: 'erased' })
      continue
    }
    const key = unwrapKey(keyId, wrapped, keys.payload)
    const plain = key && unsealed(id, ciphertext, commitment, projection, key)
    opened.set(id, plain ? { state: 'opened', ...plain, projection: projectionText(projection) } : { state: 'broken' })
  }
  return opened
}
