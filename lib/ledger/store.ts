import type { StoredProjection } from '@/lib/ledger/payload'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** Writes one entry with what belongs to it (`ledger.append` of the migration). */
export async function insertEntry(
  sql: Sql,
  entry: {
    id: string
    envelope: Buffer
    payload: { subject: string; ciphertext: Buffer } | null
    projection: StoredProjection | null
  },
): Promise<void> {
  await query(sql, 'SELECT ledger.append($1::uuid, $2::bytea, $3::uuid, $4::bytea, $5::jsonb)::text AS done', [
    entry.id,
    entry.envelope,
    entry.payload?.subject ?? null,
    entry.payload?.ciphertext ?? null,
    entry.projection ? JSON.stringify(entry.projection) : null,
  ])
}

export type SubjectKeyRow = { id: string; wrapping_key: string; wrapped_dek: Uint8Array }

/** The living key of a subject; index subject_key_living. */
export function findSubjectKey(sql: Sql, subjectHash: Buffer): Promise<SubjectKeyRow | null> {
  return queryOne(
    sql,
    `SELECT id::text AS id, wrapping_key, wrapped_dek FROM ledger.subject_key WHERE subject_hash = $1::bytea AND destroyed_at IS NULL`,
    [subjectHash],
  )
}

/** The living key that an entry's payload is sealed under; null where there is none. */
export function findKeyOfEntry(sql: Sql, entryId: string): Promise<SubjectKeyRow | null> {
  return queryOne(
    sql,
    `SELECT k.id::text AS id, k.wrapping_key, k.wrapped_dek FROM ledger.payload p JOIN ledger.subject_key k ON k.id = p.subject_key_id
      WHERE p.entry_id = $1::uuid AND k.destroyed_at IS NULL`,
    [entryId],
  )
}

/** Adds a subject's key unless it has a living one by then. */
export async function insertSubjectKey(sql: Sql, row: SubjectKeyRow, subjectHash: Buffer): Promise<void> {
  await query(
    sql,
    `INSERT INTO ledger.subject_key (id, subject_hash, wrapping_key, wrapped_dek) VALUES ($1::uuid, $2::bytea, $3, $4::bytea)
     ON CONFLICT (subject_hash) WHERE destroyed_at IS NULL DO NOTHING`,
    [row.id, subjectHash, row.wrapping_key, Buffer.from(row.wrapped_dek)],
  )
}

export type SealedRow = {
  envelope: Uint8Array
  ciphertext: Uint8Array | null
  key_id: string | null
  wrapped_dek: Uint8Array | null
  projection: StoredProjection | null
}

/** One entry with its payload as stored and the key it is under. */
export function findSealed(sql: Sql, entryId: string): Promise<SealedRow | null> {
  return queryOne(sql, `${SEALED} WHERE e.id = $1::uuid`, [entryId])
}

/** Those of these entries that there are, as `findSealed`, with their ids. */
export function findAllSealed(sql: Sql, entryIds: readonly string[]): Promise<(SealedRow & { id: string })[]> {
  return query(sql, `${SEALED} WHERE e.id = ANY (string_to_array($1, ',')::uuid[])`, [entryIds.join(',')])
}

const SEALED = `
SELECT e.id::text AS id, e.envelope, p.ciphertext, k.id::text AS key_id, k.wrapped_dek,
       CASE WHEN j.entry_id IS NOT NULL THEN to_jsonb(j) - 'entry_id' END AS projection
  FROM ledger.entry e
  LEFT JOIN ledger.payload p ON p.entry_id = e.id
  LEFT JOIN ledger.subject_key k ON k.id = p.subject_key_id
  LEFT JOIN ledger.projection j ON j.entry_id = e.id`

export type OriginRow = { n: number; origin: string; vkey: string; receipt_vkey: string }

/** The name the log signs under now. */
export function findOrigin(sql: Sql): Promise<OriginRow | null> {
  return queryOne(sql, 'SELECT n, origin, vkey, receipt_vkey FROM ledger.origin ORDER BY n DESC LIMIT 1')
}

/** Names the log; false when it had a name. */
export async function insertOrigin(sql: Sql, origin: string, vkey: string, receiptVkey: string): Promise<boolean> {
  const row = await queryOne<{ opened: boolean }>(sql, 'SELECT ledger.open($1, $2, $3) AS opened', [
    origin,
    vkey,
    receiptVkey,
  ])
  return row?.opened === true
}

/** A payload key that living subjects' keys are wrapped with, other than the given one; null when there is none. */
export async function otherWrappingKey(sql: Sql, wrappingKey: string): Promise<string | null> {
  const row = await queryOne<{ wrapping_key: string }>(
    sql,
    'SELECT wrapping_key FROM ledger.subject_key WHERE destroyed_at IS NULL AND wrapping_key <> $1 LIMIT 1',
    [wrappingKey],
  )
  return row?.wrapping_key ?? null
}

export type SuccessionRow = { entry_id: string; idx: string | null; envelope: Uint8Array | null }

/** Each time another key or name took over, oldest first, with its entry; a handful in the life of a log. */
export function successionRows(sql: Sql): Promise<SuccessionRow[]> {
  return query(
    sql,
    `SELECT s.entry_id::text AS entry_id, l.idx::text AS idx, e.envelope
       FROM ledger.succession s
       LEFT JOIN ledger.entry e ON e.id = s.entry_id
       LEFT JOIN ledger.leaf l ON l.entry_id = s.entry_id
      ORDER BY s.n`,
  )
}
