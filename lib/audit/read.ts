import { fault } from '@/lib/core/fault'
import { parsePublicId, publicId, idTime } from '@/lib/core/ids'
import { parseEntry, type Entry } from '@/lib/ledger/entry'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import type { AuditQuery } from './query'
import { MOST_NEW, PAGE_ROWS, type AuditPage, type AuditRow, type RowActor } from './row'
import { countNewer, hasEntries, listAgents, listEntries, type ListFilter, type ListRow, type Scope } from './store'

/** What of the ledger a person may read: all of it with a role or on call, else what is about the agents they own. */
export function scopeOf(actor: Actor): Scope {
  return can(actor, 'audit.read').ok ? 'everything' : { ownerId: actor.id }
}

/** What the audit page shows: a page of the list, the agents a filter can name, and whether there is anything at all. */
export type AuditView = {
  page: AuditPage
  agents: readonly string[]
  /** false only where nothing has ever been recorded that this person may see */
  any: boolean
  /** the filter names an agent that does not exist, or that this person may not read about */
  unknownAgent: boolean
}

/** One page of the audit list, newest first. */
export async function readAudit(sql: Sql, actor: Actor, query: AuditQuery): Promise<AuditView> {
  const scope = scopeOf(actor)
  const agents = await listAgents(sql, scope)
  const filter = filterOf(query, agents, scope)
  const slugs = agents.map(({ slug }) => slug)
  if (filter === null)
    return { page: { rows: [], newer: null, older: null }, agents: slugs, any: true, unknownAgent: true }
  const edge = edgeOf(query)
  const found = await listEntries(sql, filter, edge, PAGE_ROWS + 1)
  const rows = cut(found, edge?.side).map(toRow)
  const more = found.length > PAGE_ROWS
  const any = rows.length > 0 || (await hasEntries(sql, scope))
  return {
    page: {
      rows,
      newer: edge && (edge.side === 'before' || more) ? (rows[0]?.id ?? null) : null,
      older: edge?.side === 'after' || more ? (rows.at(-1)?.id ?? null) : null,
    },
    agents: slugs,
    any,
    unknownAgent: false,
  }
}

/**
 * How many entries have come that the view would show above an entry, counted to `MOST_NEW`.
 * @throws Fault `invalid_id`, `not_found` (the agent)
 */
export async function countNew(
  sql: Sql,
  actor: Actor,
  query: Pick<AuditQuery, 'agent' | 'outcome'>,
  after: string,
): Promise<{ count: number; more: boolean }> {
  const scope = scopeOf(actor)
  const filter = filterOf(query, query.agent === undefined ? [] : await listAgents(sql, scope), scope)
  if (filter === null) throw fault('not_found', { field: 'agent' })
  const count = await countNewer(sql, filter, parsePublicId('entry', after, 'after'), MOST_NEW + 1)
  return { count: Math.min(count, MOST_NEW), more: count > MOST_NEW }
}

function filterOf(
  { agent, outcome }: Pick<AuditQuery, 'agent' | 'outcome'>,
  agents: readonly { id: string; slug: string }[],
  scope: Scope,
): ListFilter | null {
  if (agent === undefined) return { agentId: null, outcome: outcome ?? null, scope }
  const found = agents.find(({ slug }) => slug === agent)
  return found ? { agentId: found.id, outcome: outcome ?? null, scope } : null
}

function edgeOf({ before, after }: AuditQuery): { side: 'before' | 'after'; id: string } | null {
  if (before !== undefined) return { side: 'before', id: parsePublicId('entry', before, 'before') }
  if (after !== undefined) return { side: 'after', id: parsePublicId('entry', after, 'after') }
  return null
}

/** Rows come newest first; the one too many lies on the far side of where the page began. */
function cut<T>(rows: readonly T[], side: 'before' | 'after' | undefined): readonly T[] {
  return side === 'after' ? rows.slice(-PAGE_ROWS) : rows.slice(0, PAGE_ROWS)
}

function toRow(row: ListRow): AuditRow {
  const entry = parseEntry(row.envelope)
  const action = entry?.kind === 'action.decided' ? row.id : entry?.action
  return {
    id: publicId('entry', row.id),
    index: row.index === null ? null : Number(row.index),
    at: new Date(idTime(row.id)).toISOString(),
    kind: entry?.kind ?? null,
    outcome: entry?.outcome ?? null,
    reason: entry?.reason ?? null,
    agent: row.slug,
    action: action ? publicId('action', action) : null,
    tool: row.tool ?? entry?.tool ?? null,
    resource: row.resource_id === null ? null : { type: row.resource_type, id: row.resource_id },
    actor: entry ? actorOf(entry, row.person) : { kind: 'system' },
    labels: entry?.labels ?? [],
  }
}

/** Who an entry says did it, with the name they have now. */
export function actorOf(entry: Pick<Entry, 'actor'>, name: string | null | undefined): RowActor {
  if (entry.actor === 'agent' || entry.actor === 'system') return { kind: entry.actor }
  const id = entry.actor.slice('person:'.length)
  return { kind: 'person', id: publicId('person', id), name: name ?? 'somebody no longer known' }
}
