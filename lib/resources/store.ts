import type { Db } from '@/lib/db/client'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { ResourceKind } from './resource'

/** A resource somebody marked, with the names people have today. Digests are `sha256:…`. */
export type ResourceRow = {
  id: string
  type: string
  name: string
  title: string
  kind: ResourceKind
  owner_id: string
  owner: string
  owner_active: boolean
  reporter_id: string | null
  reporter: string | null
  content_at: string
  adopted: string | null
  marked_by: string
  marker: string
  marked_at: Date
  unmarked_by: string | null
  unmarker: string | null
  unmarked_at: Date | null
  unmark_reason: string | null
}

const SELECT = `
  SELECT r.id::text AS id, r.type, r.name, r.title, r.kind, r.owner_id::text AS owner_id, o.name AS owner,
         o.deactivated_at IS NULL AS owner_active, r.reporter_id::text AS reporter_id, a.slug AS reporter, r.content_at,
         'sha256:' || encode(r.adopted_digest, 'hex') AS adopted, r.marked_by::text AS marked_by, m.name AS marker, r.marked_at,
         r.unmarked_by::text AS unmarked_by, u.name AS unmarker, r.unmarked_at, r.unmark_reason
    FROM protected_resource r JOIN person o ON o.id = r.owner_id JOIN person m ON m.id = r.marked_by
    LEFT JOIN person u ON u.id = r.unmarked_by LEFT JOIN agent a ON a.id = r.reporter_id`

/** Every one, those in force first, then by title; bounded by what can be marked at a time and a page of what once was. */
export function allResources(sql: Sql): Promise<ResourceRow[]> {
  return query(sql, `${SELECT} ORDER BY r.unmarked_at IS NOT NULL, r.title, r.id LIMIT 2500`)
}

/** The one in force under a name, or else the last that was; uses `protected_resource_in_force`. */
export function resourceNamed(sql: Sql, type: string, key: string): Promise<ResourceRow | null> {
  return queryOne(
    sql,
    `${SELECT} WHERE lower(r.type) = lower($1) AND r.key = $2 ORDER BY r.unmarked_at DESC NULLS FIRST, r.id DESC LIMIT 1`,
    [type, key],
  )
}

export function resourceById(sql: Sql, id: string): Promise<ResourceRow | null> {
  return queryOne(sql, `${SELECT} WHERE r.id = $1::uuid`, [id])
}

export type Told = { title: string; kind: ResourceKind; ownerId: string; reporterId: string | null; contentAt: string }

/** Changes what it is called and who answers for it, while it is protected; false when it is not any more. */
export async function updateResource(db: Db, id: string, told: Told): Promise<boolean> {
  const changed = await db.$executeRaw`
    UPDATE protected_resource SET title = ${told.title}, kind = ${told.kind}, owner_id = ${told.ownerId}::uuid,
      reporter_id = ${told.reporterId}::uuid, content_at = ${told.contentAt}
    WHERE id = ${id}::uuid AND unmarked_at IS NULL`
  return changed === 1
}

/** Whether somebody may answer for a resource: active, and no auditor. */
export async function mayAnswerFor(sql: Sql, personId: string): Promise<boolean> {
  const row = await queryOne<{ ok: boolean }>(
    sql,
    `SELECT deactivated_at IS NULL AND NOT 'auditor' = ANY (roles) AS ok FROM person WHERE id = $1::uuid`,
    [personId],
  )
  return row?.ok === true
}

export type ReportedRow = { id: string; digest: string; reporter_id: string; reporter: string; reported_at: Date }

/** What was reported to be in force, newest first. */
export function listVersions(sql: Sql, resourceId: string, most: number): Promise<ReportedRow[]> {
  return query(
    sql,
    `SELECT v.id::text AS id, 'sha256:' || encode(v.digest, 'hex') AS digest, v.reporter_id::text AS reporter_id, a.slug AS reporter, v.reported_at
       FROM resource_version v JOIN agent a ON a.id = v.reporter_id
      WHERE v.resource_id = $1::uuid ORDER BY v.id DESC LIMIT $2::integer`,
    [resourceId, most],
  )
}

export async function insertVersion(
  sql: Sql,
  row: { id: string; resourceId: string; digest: Buffer; reporterId: string },
): Promise<void> {
  await query(
    sql,
    'INSERT INTO resource_version (id, resource_id, digest, reporter_id) VALUES ($1::uuid, $2::uuid, $3::bytea, $4::uuid)',
    [row.id, row.resourceId, row.digest, row.reporterId],
  )
}

export type NewFiring = {
  id: string
  resourceId: string
  reporterId: string
  eventHash: Buffer
  bodyHash: Buffer
  firedAt: Date
  count: number
}

/** Inserts a firing; or answers the one this event was recorded as before. */
export async function insertFiring(sql: Sql, row: NewFiring): Promise<{ id: string; bodyHash: Buffer } | null> {
  const inserted = await query<{ id: string }>(
    sql,
    `INSERT INTO resource_firing (id, resource_id, reporter_id, event_hash, body_hash, fired_at, count)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4::bytea, $5::bytea, $6::timestamptz, $7::integer)
     ON CONFLICT (resource_id, reporter_id, event_hash) DO NOTHING RETURNING id::text AS id`,
    [row.id, row.resourceId, row.reporterId, row.eventHash, row.bodyHash, row.firedAt, row.count],
  )
  if (inserted.length > 0) return null
  const before = await queryOne<{ id: string; body_hash: Uint8Array }>(
    sql,
    `SELECT id::text AS id, body_hash FROM resource_firing
      WHERE resource_id = $1::uuid AND reporter_id = $2::uuid AND event_hash = $3::bytea`,
    [row.resourceId, row.reporterId, row.eventHash],
  )
  return before && { id: before.id, bodyHash: Buffer.from(before.body_hash) }
}

export type FiringRow = { id: string; fired_at: Date; count: number; reporter: string; summary: string | null }

/** The last firings, newest first, with what the reporter said of each while that is not erased. */
export function listFirings(sql: Sql, resourceId: string, most: number): Promise<FiringRow[]> {
  return query(
    sql,
    `SELECT f.id::text AS id, f.fired_at, f.count, a.slug AS reporter, p.sentence AS summary
       FROM resource_firing f JOIN agent a ON a.id = f.reporter_id LEFT JOIN ledger.projection p ON p.entry_id = f.id
      WHERE f.resource_id = $1::uuid ORDER BY f.fired_at DESC, f.id DESC LIMIT $2::integer`,
    [resourceId, most],
  )
}

/** How often it fired on each day of a period; days are UTC's. */
export function firingsByDay(sql: Sql, resourceId: string, since: Date): Promise<{ day: string; count: number }[]> {
  return query(
    sql,
    `SELECT to_char(fired_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, sum(count)::float8 AS count FROM resource_firing
      WHERE resource_id = $1::uuid AND fired_at >= $2::timestamptz GROUP BY 1 ORDER BY 1`,
    [resourceId, since],
  )
}

/** When each of several resources last fired and what was last reported of it. */
export function lastOf(
  sql: Sql,
  ids: readonly string[],
): Promise<{ id: string; fired_at: Date | null; digest: string | null; reported_at: Date | null }[]> {
  return query(
    sql,
    `SELECT r.id::text AS id, (SELECT max(f.fired_at) FROM resource_firing f WHERE f.resource_id = r.id) AS fired_at,
            'sha256:' || encode(v.digest, 'hex') AS digest, v.reported_at
       FROM protected_resource r
       LEFT JOIN LATERAL (SELECT digest, reported_at FROM resource_version v WHERE v.resource_id = r.id ORDER BY v.id DESC LIMIT 1) v ON true
      WHERE r.id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
}
