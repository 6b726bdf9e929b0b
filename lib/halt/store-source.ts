import { query, queryOne, type Sql } from '@/lib/ledger/sql'

export type SourceRow = {
  id: string
  name: string
  may: string[]
  sealed: Buffer
  created_by: string
  creator: string
  created_at: Date
  rotated_at: Date | null
  revoked_at: Date | null
  used_at: Date | null
  refused: string
  refused_at: Date | null
}

const SOURCE = `
SELECT s.id::text AS id, s.name, s.may, s.sealed, s.created_by::text AS created_by, p.name AS creator, s.created_at, s.rotated_at, s.revoked_at,
       s.used_at, s.refused::text AS refused, s.refused_at
  FROM halt_source s JOIN person p ON p.id = s.created_by`

/** The sources that stand, by name. */
export function findSources(sql: Sql): Promise<SourceRow[]> {
  return query(sql, `${SOURCE} WHERE s.revoked_at IS NULL ORDER BY lower(s.name)`)
}

/** One source, revoked or not; null when there is none. */
export function findSource(sql: Sql, id: string): Promise<SourceRow | null> {
  return queryOne(sql, `${SOURCE} WHERE s.id = $1::uuid`, [id])
}

/** One at a time makes or changes a source, until this transaction ends. */
export async function lockSources(sql: Sql): Promise<void> {
  await query(sql, `SELECT pg_advisory_xact_lock(hashtextextended('halt sources', 0))::text AS locked`)
}

export async function insertSource(
  sql: Sql,
  row: { id: string; name: string; may: readonly string[]; sealed: Buffer; by: string; at: Date },
): Promise<void> {
  await query(
    sql,
    `INSERT INTO halt_source (id, name, may, sealed, created_by, created_at)
     SELECT $1::uuid, $2, ARRAY(SELECT jsonb_array_elements_text($3::jsonb)), $4::bytea, $5::uuid, $6::timestamptz`,
    [row.id, row.name, JSON.stringify(row.may), row.sealed, row.by, row.at],
  )
}

export async function setSourceSecret(sql: Sql, id: string, sealed: Buffer, at: Date): Promise<void> {
  await query(sql, 'UPDATE halt_source SET sealed = $2::bytea, rotated_at = $3::timestamptz WHERE id = $1::uuid', [
    id,
    sealed,
    at,
  ])
}

/** Ends a source; false when it had ended. */
export async function endSource(sql: Sql, id: string, at: Date): Promise<boolean> {
  const row = await queryOne(
    sql,
    'UPDATE halt_source SET revoked_at = $2::timestamptz WHERE id = $1::uuid AND revoked_at IS NULL RETURNING 1 AS ended',
    [id, at],
  )
  return row !== null
}

/** Counts what a source, or somebody who names it, sent in vain. */
export async function countRefused(sql: Sql, id: string, times: number): Promise<void> {
  await query(
    sql,
    'UPDATE halt_source SET refused = refused + $2::int, refused_at = clock_timestamp() WHERE id = $1::uuid',
    [id, times],
  )
}

export async function noteSourceUsed(sql: Sql, id: string, at: Date): Promise<void> {
  await query(sql, 'UPDATE halt_source SET used_at = $2::timestamptz WHERE id = $1::uuid', [id, at])
}

/** `settled`: the halt it came to stands in `halt_id`; until then that is the id it is to have. */
export type DeliveryRow = { body_hash: Buffer; halt_id: string; settled: boolean }

/** Notes what came by its sender's id, or answers what is known of it. */
export async function takeDeliveryRow(
  sql: Sql,
  given: { sourceId: string; webhookId: string; hash: Buffer; haltId: string },
): Promise<DeliveryRow> {
  const key = [given.sourceId, given.webhookId]
  await query(
    sql,
    'INSERT INTO halt_delivery (source_id, webhook_id, body_hash, halt_id) VALUES ($1::uuid, $2, $3::bytea, $4::uuid) ON CONFLICT DO NOTHING',
    [...key, given.hash, given.haltId],
  )
  const row = await queryOne<DeliveryRow>(
    sql,
    'SELECT body_hash, halt_id::text AS halt_id, settled FROM halt_delivery WHERE source_id = $1::uuid AND webhook_id = $2',
    key,
  )
  return row ?? { body_hash: given.hash, halt_id: given.haltId, settled: false }
}

export async function settleDelivery(sql: Sql, sourceId: string, webhookId: string, haltId: string): Promise<void> {
  await query(
    sql,
    'UPDATE halt_delivery SET halt_id = $3::uuid, settled = true WHERE source_id = $1::uuid AND webhook_id = $2',
    [sourceId, webhookId, haltId],
  )
}

/** Forgets what came before a moment; answers how much. */
export async function deleteDeliveries(sql: Sql, before: Date): Promise<number> {
  const row = await queryOne<{ gone: string }>(
    sql,
    'WITH gone AS (DELETE FROM halt_delivery WHERE at < $1::timestamptz RETURNING 1) SELECT count(*)::text AS gone FROM gone',
    [before],
  )
  return Number(row?.gone ?? 0)
}
