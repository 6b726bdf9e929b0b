import type { EntryKind, Outcome } from '@/lib/ledger/entry'
import { query, queryOne, type Sql, type SqlValue } from '@/lib/ledger/sql'

/** What is read: every entry, or those about the agents somebody owns. */
export type Scope = 'everything' | { ownerId: string }

export type ListRow = {
  id: string
  envelope: Uint8Array
  index: string | null
  tool: string | null
  resource_type: string | null
  resource_id: string | null
  slug: string | null
  person: string | null
}

export type ListFilter = { agentId: string | null; outcome: Outcome | null; scope: Scope }

/**
 * Entries in the order of their ids, older than one or newer than one. The page is cut before anything is joined to it;
 * indexes entry_pkey (all), entry_agent (agent_id, id), entry_outcome (outcome, id).
 * @param edge the id the page begins after; null: at the newest
 */
export function listEntries(
  sql: Sql,
  filter: ListFilter,
  edge: { side: 'before' | 'after'; id: string } | null,
  rows: number,
): Promise<ListRow[]> {
  const { where, values } = conditions(filter)
  if (edge) {
    values.push(edge.id)
    where.push(`e.id ${edge.side === 'before' ? '<' : '>'} $${values.length}::uuid`)
  }
  values.push(rows)
  const order = edge?.side === 'after' ? 'ASC' : 'DESC'
  return query(
    sql,
    `SELECT e.id::text AS id, e.envelope, l.idx::text AS index, j.tool, j.resource_type, j.resource_id, a.slug, p.name AS person
       FROM (SELECT id, envelope, agent_id, person_id FROM ledger.entry e
             ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY id ${order} LIMIT $${values.length}::integer) e
       LEFT JOIN ledger.leaf l ON l.entry_id = e.id
       LEFT JOIN ledger.projection j ON j.entry_id = e.id
       LEFT JOIN agent a ON a.id = e.agent_id
       LEFT JOIN person p ON p.id = e.person_id
      ORDER BY e.id DESC`,
    values,
  )
}

/** How many entries are newer than one, counted to `most` and no further. */
export async function countNewer(sql: Sql, filter: ListFilter, afterId: string, most: number): Promise<number> {
  const { where, values } = conditions(filter)
  values.push(afterId, most)
  where.push(`e.id > $${values.length - 1}::uuid`)
  const row = await queryOne<{ n: number }>(
    sql,
    `SELECT count(*)::integer AS n FROM (SELECT FROM ledger.entry e WHERE ${where.join(' AND ')} LIMIT $${values.length}::integer) e`,
    values,
  )
  return row?.n ?? 0
}

/** Whether the ledger holds anything this person may see. */
export async function hasEntries(sql: Sql, scope: Scope): Promise<boolean> {
  const { where, values } = conditions({ agentId: null, outcome: null, scope })
  const row = await queryOne<{ any: boolean }>(
    sql,
    `SELECT EXISTS (SELECT FROM ledger.entry e ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}) AS any`,
    values,
  )
  return row?.any === true
}

function conditions({ agentId, outcome, scope }: ListFilter): { where: string[]; values: SqlValue[] } {
  const where: string[] = []
  const values: SqlValue[] = []
  const add = (value: SqlValue, sql: (at: string) => string) => {
    values.push(value)
    where.push(sql(`$${values.length}`))
  }
  if (agentId !== null) add(agentId, (at) => `e.agent_id = ${at}::uuid`)
  if (outcome !== null) add(outcome, (at) => `e.outcome = ${at}`)
  if (scope !== 'everything')
    add(scope.ownerId, (at) => `e.agent_id = ANY (ARRAY(SELECT id FROM agent WHERE owner_id = ${at}::uuid))`)
  return { where, values }
}

/** The agents a filter can name, by slug. */
export function listAgents(sql: Sql, scope: Scope): Promise<{ id: string; slug: string }[]> {
  return scope === 'everything'
    ? query(sql, 'SELECT id::text AS id, slug FROM agent ORDER BY slug')
    : query(sql, 'SELECT id::text AS id, slug FROM agent WHERE owner_id = $1::uuid ORDER BY slug', [scope.ownerId])
}

export type StoryEntryRow = { id: string; envelope: Uint8Array; index: string | null; kind: EntryKind }

/** Every entry about one action, oldest first: the one that decided it, whose id is the action's, and what followed. Index entry_action. */
export function listStory(sql: Sql, actionId: string): Promise<StoryEntryRow[]> {
  return query(
    sql,
    `SELECT e.id::text AS id, e.envelope, e.kind, l.idx::text AS index FROM (
         SELECT id, envelope, kind FROM ledger.entry WHERE id = $1::uuid AND kind = 'action.decided'
         UNION ALL SELECT id, envelope, kind FROM ledger.entry WHERE action_id = $1::uuid
       ) e LEFT JOIN ledger.leaf l ON l.entry_id = e.id ORDER BY e.id`,
    [actionId],
  )
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

/** Who signed one version of an agent's boundary, and when. */
export function findSignature(
  sql: Sql,
  agentId: string,
  version: number,
): Promise<{ person_id: string; name: string; signed_at: Date; digest: Uint8Array } | null> {
  return queryOne(
    sql,
    `SELECT p.id::text AS person_id, p.name, b.signed_at, b.digest FROM boundary_version b JOIN person p ON p.id = b.signed_by
      WHERE b.agent_id = $1::uuid AND b.version = $2::integer`,
    [agentId, version],
  )
}

/** The names people and teams have now, by id. */
export async function namesOf(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await query<{ id: string; name: string }>(
    sql,
    `SELECT id::text AS id, name FROM person WHERE id = ANY (string_to_array($1, ',')::uuid[])
     UNION ALL SELECT id::text, name FROM team WHERE id = ANY (string_to_array($1, ',')::uuid[])`,
    [ids.join(',')],
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** The entry at one place of the log. */
export function findEntryAt(
  sql: Sql,
  index: number,
): Promise<{
  id: string
  envelope: Uint8Array
  leaf_hash: Uint8Array
  recorded_at: Date
  slug: string | null
  owner_id: string | null
} | null> {
  return queryOne(
    sql,
    `SELECT e.id::text AS id, e.envelope, e.leaf_hash, e.recorded_at, a.slug, a.owner_id::text AS owner_id
       FROM ledger.leaf l JOIN ledger.entry e ON e.id = l.entry_id LEFT JOIN agent a ON a.id = e.agent_id
      WHERE l.idx = $1::bigint`,
    [index],
  )
}
