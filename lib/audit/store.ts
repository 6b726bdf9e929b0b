import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** What is read: every entry, or those about the agents somebody owns. */
export type Scope = 'everything' | { ownerId: string }

/** The agents a list can be about, by slug. */
export function listAgents(sql: Sql, scope: Scope): Promise<{ id: string; slug: string }[]> {
  return scope === 'everything'
    ? query(sql, 'SELECT id::text AS id, slug FROM agent ORDER BY slug')
    : query(sql, 'SELECT id::text AS id, slug FROM agent WHERE owner_id = $1::uuid ORDER BY slug', [scope.ownerId])
}

export type ActionStanding = {
  status: string
  digest: Uint8Array
  run_id: string | null
  agent_id: string
  slug: string
  team_id: string
  environment: string
  owner_id: string
  owner: string
  approval_id: string | null
  approval_status: string | null
  approval_opened: Date | null
  approval_expires: Date | null
  approval_closed: Date | null
}

/** Where an action and its approval stand now, and who answers for its agent today. */
export function findAction(sql: Sql, actionId: string): Promise<ActionStanding | null> {
  return queryOne(
    sql,
    `SELECT x.status, x.digest, x.run_id::text AS run_id, a.id::text AS agent_id, a.slug, a.team_id::text AS team_id,
            a.environment, a.owner_id::text AS owner_id, o.name AS owner,
            x.approval_id::text AS approval_id, v.status AS approval_status, v.opened_at AS approval_opened,
            v.expires_at AS approval_expires, v.closed_at AS approval_closed
       FROM action x JOIN agent a ON a.id = x.agent_id JOIN person o ON o.id = a.owner_id LEFT JOIN approval v ON v.id = x.approval_id
      WHERE x.id = $1::uuid`,
    [actionId],
  )
}

export type VerdictRow = { person_id: string; name: string; answer: 'approve' | 'reject'; reason: string; at: Date }

/** The verdicts on an approval, in the order they were given. */
export function listVerdicts(sql: Sql, approvalId: string): Promise<VerdictRow[]> {
  return query(
    sql,
    `SELECT v.person_id::text AS person_id, p.name, v.answer, v.reason, v.at FROM verdict v JOIN person p ON p.id = v.person_id
      WHERE v.approval_id = $1::uuid ORDER BY v.at, v.id`,
    [approvalId],
  )
}

export type ProjectedRow = {
  entry_id: string
  tool: string | null
  resource_type: string | null
  resource_id: string | null
}

/** What lists show of some entries, by their ids. */
export function listProjections(sql: Sql, ids: readonly string[]): Promise<ProjectedRow[]> {
  return query(
    sql,
    `SELECT entry_id::text AS entry_id, tool, resource_type, resource_id FROM ledger.projection
      WHERE entry_id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
}

/** Who signed one version of an agent's boundary, and when. */
export function findSignature(
  sql: Sql,
  agentId: string,
  version: number,
): Promise<{ person_id: string; name: string; signed_at: Date } | null> {
  return queryOne(
    sql,
    `SELECT p.id::text AS person_id, p.name, b.signed_at FROM boundary_version b JOIN person p ON p.id = b.signed_by
      WHERE b.agent_id = $1::uuid AND b.version = $2::integer`,
    [agentId, version],
  )
}

/** The names that agents (their slugs), people and teams have now, by id. */
export async function namesOf(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await query<{ id: string; name: string }>(
    sql,
    `SELECT id::text AS id, name FROM person WHERE id = ANY (string_to_array($1, ',')::uuid[])
     UNION ALL SELECT id::text, slug FROM agent WHERE id = ANY (string_to_array($1, ',')::uuid[])
     UNION ALL SELECT id::text, name FROM team WHERE id = ANY (string_to_array($1, ',')::uuid[])`,
    [[...new Set(ids)].join(',')],
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

export type AgentToday = { slug: string; team_id: string; environment: string; owner_id: string; owner: string }

/** An agent with who answers for it today; null when there is none. */
export function findOwnerOf(sql: Sql, agentId: string): Promise<AgentToday | null> {
  return queryOne(
    sql,
    `SELECT a.slug, a.team_id::text AS team_id, a.environment, a.owner_id::text AS owner_id, o.name AS owner
       FROM agent a JOIN person o ON o.id = a.owner_id WHERE a.id = $1::uuid`,
    [agentId],
  )
}

/** Where some actions stand now, by id. */
export async function standingsOf(sql: Sql, actionIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (actionIds.length === 0) return new Map()
  const rows = await query<{ id: string; status: string }>(
    sql,
    `SELECT id::text AS id, status FROM action WHERE id = ANY (string_to_array($1, ',')::uuid[])`,
    [actionIds.join(',')],
  )
  return new Map(rows.map(({ id, status }) => [id, status]))
}
