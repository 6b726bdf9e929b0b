import type pg from 'pg'
import { PAYLOAD_CLASS_SQL } from '@/lib/ledger/payload-class'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'

export type Held = { id: string; scope: 'agent' | 'run'; reason: string }

const HELD = `h.lifted_at IS NULL AND ((h.scope = 'agent' AND h.subject_id = e.agent_id) OR (h.scope = 'run' AND h.subject_id = e.run_id))`

/** A key that lives and how many payloads are sealed under it; index payload_subject_key. */
export function countUnder(sql: Sql, keyId: string): Promise<{ payloads: number; oldest: Date | null } | null> {
  return queryOne(
    sql,
    `SELECT count(p.entry_id)::int AS payloads, min(e.recorded_at) AS oldest
       FROM ledger.subject_key k
       LEFT JOIN ledger.payload p ON p.subject_key_id = k.id
       LEFT JOIN ledger.entry e ON e.id = p.entry_id
      WHERE k.id = $1::uuid AND k.destroyed_at IS NULL GROUP BY k.id`,
    [keyId],
  )
}

/** A legal hold that lies on anything sealed under a key; null when none does. */
export function holdUnderKey(sql: Sql, keyId: string): Promise<Held | null> {
  return queryOne(
    sql,
    `SELECT h.id::text AS id, h.scope, h.reason FROM ledger.legal_hold h
      WHERE h.lifted_at IS NULL AND EXISTS (
        SELECT FROM ledger.payload p JOIN ledger.entry e ON e.id = p.entry_id WHERE p.subject_key_id = $1::uuid AND ${HELD})
      LIMIT 1`,
    [keyId],
  )
}

/** A legal hold that lies on an entry; null when none does. */
export function holdOnEntry(sql: Sql, entryId: string): Promise<Held | null> {
  return queryOne(
    sql,
    `SELECT h.id::text AS id, h.scope, h.reason FROM ledger.entry e JOIN ledger.legal_hold h ON ${HELD} WHERE e.id = $1::uuid LIMIT 1`,
    [entryId],
  )
}

/** Destroys a key; false when it is gone already. Tells every process (trigger tell_destroyed). */
export async function destroyKey(client: pg.ClientBase, keyId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'UPDATE ledger.subject_key SET wrapped_dek = NULL, destroyed_at = now() WHERE id = $1 AND destroyed_at IS NULL',
    [keyId],
  )
  return rowCount === 1
}

/** Deletes one payload, and its projection with it; false when there is none. */
export async function deletePayload(client: pg.ClientBase, entryId: string): Promise<boolean> {
  return (await client.query('DELETE FROM ledger.payload WHERE entry_id = $1', [entryId])).rowCount === 1
}

export async function insertErasure(
  client: pg.ClientBase,
  row: { entry: string; key: string | null; target: string | null; person: string; payloads: number },
): Promise<void> {
  await client.query(
    'INSERT INTO ledger.erasure (entry_id, subject_key_id, target_id, person_id, payloads) VALUES ($1, $2, $3, $4, $5)',
    [row.entry, row.key, row.target, row.person, row.payloads],
  )
}

/**
 * Deletes what lists still show of payloads whose key is destroyed, up to `most`; answers how many. One that was written while its
 * key was being destroyed is found here too.
 */
export async function deleteOrphans(client: pg.Pool | pg.ClientBase, most: number): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM ledger.projection WHERE entry_id IN (
       SELECT j.entry_id FROM ledger.subject_key k
         JOIN ledger.payload p ON p.subject_key_id = k.id JOIN ledger.projection j ON j.entry_id = p.entry_id
        WHERE k.destroyed_at IS NOT NULL LIMIT $1)`,
    [most],
  )
  return rowCount ?? 0
}

export type RetentionRow = { class: string; days: number; applied_until: Date | null }

/** The classes that are not kept for good. */
export function retentionRows(sql: Sql): Promise<RetentionRow[]> {
  return query(sql, 'SELECT class, days, applied_until FROM ledger.retention WHERE days IS NOT NULL ORDER BY class')
}

/**
 * Deletes payloads of a class whose entries were made before a moment and that no legal hold lies on, up to `most`; by partition, oldest
 * first. Answers the times of the entries they belonged to.
 */
export async function deleteExpired(
  client: pg.ClientBase,
  of: string,
  until: Date,
  most: number,
): Promise<{ count: number; from: Date | null }> {
  const { rows } = await client.query<{ count: number; from: Date | null }>(
    `WITH gone AS (
       DELETE FROM ledger.payload WHERE entry_id IN (
         SELECT p.entry_id FROM ledger.payload p JOIN ledger.entry e ON e.id = p.entry_id
          WHERE p.entry_id < ledger.first_id($2::timestamptz) AND e.id < ledger.first_id($2::timestamptz)
            AND (${PAYLOAD_CLASS_SQL}) = $1
            AND NOT EXISTS (SELECT FROM ledger.legal_hold h WHERE ${HELD})
          ORDER BY p.entry_id LIMIT $3)
       RETURNING entry_id)
     SELECT count(*)::int AS count, min(e.recorded_at) AS from FROM gone JOIN ledger.entry e ON e.id = gone.entry_id`,
    [of, until, most],
  )
  return rows[0] ?? { count: 0, from: null }
}

export async function markApplied(client: pg.ClientBase, of: string, until: Date): Promise<void> {
  await client.query('UPDATE ledger.retention SET applied_until = $2 WHERE class = $1', [of, until])
}
