import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { SecurityEventKind } from './security-event'

export type ProviderRow = {
  id: string
  name: string
  issuer: string
  audience: string
  jwksUrl: string
  private: boolean
  createdAt: Date
}

const PROVIDER = `SELECT id::text AS id, name, issuer, audience, jwks_url AS "jwksUrl", private, created_at AS "createdAt" FROM identity_provider`

/** The providers that are heard, oldest first. */
export function providerRows(sql: Sql): Promise<ProviderRow[]> {
  return query(sql, `${PROVIDER} WHERE removed_at IS NULL ORDER BY created_at, id`)
}

/** The provider that says it is this issuer; null when nobody trusts it. Index identity_provider_issuer. */
export function providerOf(sql: Sql, issuer: string): Promise<ProviderRow | null> {
  return queryOne(sql, `${PROVIDER} WHERE issuer = $1 AND removed_at IS NULL`, [issuer])
}

export function providerRow(sql: Sql, id: string): Promise<ProviderRow | null> {
  return queryOne(sql, `${PROVIDER} WHERE id = $1::uuid AND removed_at IS NULL`, [id])
}

/** False where another has the issuer. */
export async function insertProvider(sql: Sql, made: ProviderRow & { by: string }): Promise<boolean> {
  const row = await queryOne<{ id: string }>(
    sql,
    `INSERT INTO identity_provider (id, name, issuer, audience, jwks_url, private, created_by, created_at)
     VALUES ($1::uuid, $2, $3, $4, $5, $6::boolean, $7::uuid, $8::timestamptz)
     ON CONFLICT (issuer) WHERE removed_at IS NULL DO NOTHING RETURNING id::text AS id`,
    [made.id, made.name, made.issuer, made.audience, made.jwksUrl, String(made.private), made.by, made.createdAt],
  )
  return row !== null
}

/** False where there is no such provider any more. */
export async function removeProvider(sql: Sql, id: string, at: Date): Promise<boolean> {
  const row = await queryOne<{ id: string }>(
    sql,
    'UPDATE identity_provider SET removed_at = $2::timestamptz WHERE id = $1::uuid AND removed_at IS NULL RETURNING id::text AS id',
    [id, at],
  )
  return row !== null
}

/** The active person with this address; null when there is none. */
export async function personByEmail(sql: Sql, email: string): Promise<string | null> {
  const row = await queryOne<{ id: string }>(sql, 'SELECT id::text AS id FROM person WHERE lower(email) = lower($1)', [
    email,
  ])
  return row?.id ?? null
}

/** Who a provider's subject is here; null when nobody said so. */
export async function personBySubject(sql: Sql, providerId: string, subject: string): Promise<string | null> {
  const row = await queryOne<{ id: string }>(
    sql,
    'SELECT person_id::text AS id FROM identity_subject WHERE provider_id = $1::uuid AND subject = $2',
    [providerId, subject],
  )
  return row?.id ?? null
}

export async function linkRow(
  sql: Sql,
  link: { providerId: string; subject: string; personId: string; by: string; at: Date },
): Promise<void> {
  await query(
    sql,
    `INSERT INTO identity_subject (provider_id, subject, person_id, linked_by, linked_at) VALUES ($1::uuid, $2, $3::uuid, $4::uuid, $5::timestamptz)
     ON CONFLICT (provider_id, subject) DO UPDATE SET person_id = excluded.person_id, linked_by = excluded.linked_by, linked_at = excluded.linked_at`,
    [link.providerId, link.subject, link.personId, link.by, link.at],
  )
}

export type LinkedRow = { providerId: string; subject: string; name: string }

export function linkRows(sql: Sql): Promise<LinkedRow[]> {
  return query(
    sql,
    `SELECT s.provider_id::text AS "providerId", s.subject, p.name FROM identity_subject s JOIN person p ON p.id = s.person_id ORDER BY p.name, s.subject LIMIT 500`,
  )
}

/** The agents a person answers for that are not retired, by slug. */
export function agentsOf(sql: Sql, personId: string): Promise<{ id: string; slug: string }[]> {
  return query(
    sql,
    `SELECT id::text AS id, slug FROM agent WHERE owner_id = $1::uuid AND state <> 'retired' ORDER BY slug`,
    [personId],
  )
}

export type Outcome = 'contained' | 'no_agents' | 'nobody' | 'verified' | 'ignored'

/** What was sent under this name before; null when nothing was. */
export function seenEvent(sql: Sql, providerId: string, jti: Buffer): Promise<{ token: Uint8Array } | null> {
  return queryOne(sql, 'SELECT token FROM security_event WHERE provider_id = $1::uuid AND jti = $2::bytea', [
    providerId,
    jti,
  ])
}

export type NewEvent = {
  providerId: string
  jti: Buffer
  token: Buffer
  kind: SecurityEventKind
  outcome: Outcome
  personId: string | null
  agents: number
  at: Date
}

/** False where another request kept the same event first. */
export async function insertEvent(sql: Sql, event: NewEvent): Promise<boolean> {
  const row = await queryOne<{ kind: string }>(
    sql,
    `INSERT INTO security_event (provider_id, jti, token, kind, outcome, person_id, agents, received_at)
     VALUES ($1::uuid, $2::bytea, $3::bytea, $4, $5, $6::uuid, $7::int, $8::timestamptz) ON CONFLICT DO NOTHING RETURNING kind`,
    [event.providerId, event.jti, event.token, event.kind, event.outcome, event.personId, event.agents, event.at],
  )
  return row !== null
}

export type EventRow = {
  provider: string
  kind: SecurityEventKind
  outcome: Outcome
  person: string | null
  agents: number
  at: Date
}

/** What came last, newest first; index security_event_newest. */
export function eventRows(sql: Sql, most: number): Promise<EventRow[]> {
  return query(
    sql,
    `SELECT i.name AS provider, e.kind, e.outcome, p.name AS person, e.agents, e.received_at AS at
       FROM security_event e JOIN identity_provider i ON i.id = e.provider_id LEFT JOIN person p ON p.id = e.person_id
      ORDER BY e.received_at DESC LIMIT $1::int`,
    [most],
  )
}
