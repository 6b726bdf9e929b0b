import { query, type Sql } from '@/lib/ledger/sql'

/** What is read: every entry, or those about the agents somebody owns. */
export type Scope = 'everything' | { ownerId: string }

export type Named = { id: string; name: string }

const BY = { slug: 'a.slug', environment: 'lower(a.environment)', team: 'lower(t.name)' } as const

/** Agents by one of their names, like a LIKE pattern in lower case, of those a scope covers. */
export function agentsNamed(sql: Sql, scope: Scope, by: keyof typeof BY, pattern: string): Promise<Named[]> {
  return query(
    sql,
    `SELECT a.id::text AS id, a.slug AS name FROM agent a JOIN team t ON t.id = a.team_id
      WHERE ${BY[by]} LIKE $1 AND ($2::uuid IS NULL OR a.owner_id = $2::uuid) ORDER BY a.slug`,
    [pattern, scope === 'everything' ? null : scope.ownerId],
  )
}

/** People by name or e-mail, or by the part of it before the @, like a LIKE pattern in lower case. */
export function peopleNamed(sql: Sql, pattern: string): Promise<(Named & { email: string })[]> {
  return query(
    sql,
    `SELECT id::text AS id, name, email FROM person
      WHERE lower(name) LIKE $1 OR lower(email) LIKE $1 OR split_part(lower(email), '@', 1) LIKE $1 OR split_part(lower(name), ' ', 1) LIKE $1
      ORDER BY name`,
    [pattern],
  )
}

/** The catalogue's tools, as `server.tool`, like a LIKE pattern in lower case. */
export async function toolsNamed(sql: Sql, pattern: string): Promise<string[]> {
  const rows = await query<{ name: string }>(
    sql,
    `SELECT server || '.' || name AS name FROM tool WHERE lower(server || '.' || name) LIKE $1 ORDER BY 1 LIMIT 1000`,
    [pattern],
  )
  return rows.map(({ name }) => name)
}

/** The environments or teams that agents have, like a LIKE pattern in lower case, of those a scope covers. */
export async function namesLike(sql: Sql, scope: Scope, of: 'env' | 'team', pattern: string): Promise<string[]> {
  const column = of === 'env' ? 'a.environment' : 't.name'
  const rows = await query<{ name: string }>(
    sql,
    `SELECT DISTINCT ${column} AS name FROM agent a JOIN team t ON t.id = a.team_id
      WHERE lower(${column}) LIKE $1 AND ($2::uuid IS NULL OR a.owner_id = $2::uuid) ORDER BY 1`,
    [pattern, scope === 'everything' ? null : scope.ownerId],
  )
  return rows.map(({ name }) => name)
}
