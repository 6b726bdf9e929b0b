import { fault } from '@/lib/core/fault'
import { idTime, parsePublicId, publicId } from '@/lib/core/ids'
import type { Entry } from '@/lib/ledger/entry'
import { countNewer, listEntries, type LedgerEntry, type ListFilter } from '@/lib/ledger/read'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import type { AuditQuery } from './query'
import { MOST_NEW, PAGE_ROWS, type AuditPage, type AuditRow, type RowActor } from './row'
import { listAgents, listProjections, namesOf, type ProjectedRow, type Scope } from './store'

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
  const slugs = agents.map(({ slug }) => slug)
  const filter = filterOf(query, agents, scope)
  if (filter === null)
    return { page: { rows: [], newer: null, older: null }, agents: slugs, any: true, unknownAgent: true }
  const { before, after } = query
  const found = await listEntries(sql, filter, {
    limit: PAGE_ROWS,
    ...(before !== undefined && { before: parsePublicId('entry', before, 'before') }),
    ...(after !== undefined && { after: parsePublicId('entry', after, 'after') }),
  })
  const entries = found.entries
  const any = entries.length > 0 || (await listEntries(sql, base(agents, scope), { limit: 1 })).entries.length > 0
  const names = await namesOf(sql, entries.flatMap(idsIn))
  const about = await listProjections(
    sql,
    entries.flatMap(({ entry }) => entry?.action ?? []),
  )
  const edge = (id: string | null) => (id === null ? null : publicId('entry', id))
  return {
    page: {
      rows: entries.map((entry) => toRow(entry, names, about)),
      newer: edge(found.newer),
      older: edge(found.older),
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
  const filter = filterOf(query, await listAgents(sql, scope), scope)
  if (filter === null) throw fault('not_found', { field: 'agent' })
  const count = await countNewer(sql, filter, parsePublicId('entry', after, 'after'), MOST_NEW + 1)
  return { count: Math.min(count, MOST_NEW), more: count > MOST_NEW }
}

type Agents = readonly { id: string; slug: string }[]

const base = (agents: Agents, scope: Scope): ListFilter =>
  scope === 'everything' ? {} : { agentIds: agents.map(({ id }) => id) }

function filterOf(
  { agent, outcome }: Pick<AuditQuery, 'agent' | 'outcome'>,
  agents: Agents,
  scope: Scope,
): ListFilter | null {
  const rest = outcome === undefined ? {} : { outcome }
  if (agent === undefined) return { ...base(agents, scope), ...rest }
  const found = agents.find(({ slug }) => slug === agent)
  return found ? { agentId: found.id, ...rest } : null
}

/** The ids in an entry that have names. */
function idsIn({ entry }: LedgerEntry): string[] {
  const person = entry ? personIn(entry) : null
  return [entry?.agent, person].filter((id) => typeof id === 'string')
}

/** @param about what the actions were about that later entries follow */
function toRow(
  { id, index, entry, projection }: LedgerEntry,
  names: ReadonlyMap<string, string>,
  about: readonly ProjectedRow[],
): AuditRow {
  const action = entry?.kind === 'action.decided' ? id : entry?.action
  const shown = projection ?? about.find((one) => one.entry_id === entry?.action)
  return {
    id: publicId('entry', id),
    index,
    at: new Date(idTime(id)).toISOString(),
    kind: entry?.kind ?? null,
    outcome: entry?.outcome ?? null,
    reason: entry?.reason ?? null,
    agent: (entry?.agent && names.get(entry.agent)) ?? null,
    action: action ? publicId('action', action) : null,
    tool: shown?.tool ?? entry?.tool ?? null,
    resource: shown?.resource_id ? { type: shown.resource_type, id: shown.resource_id } : null,
    actor: entry ? actorOf(entry, names) : { kind: 'system' },
    labels: entry?.labels ?? [],
  }
}

/** Who an entry says did it, with the name they have now. */
export function actorOf(entry: Entry, names: ReadonlyMap<string, string>): RowActor {
  const person = personIn(entry)
  if (person === null) return { kind: entry.actor === 'agent' ? 'agent' : 'system' }
  return { kind: 'person', id: person, name: names.get(person) ?? 'somebody no longer known' }
}

const personIn = ({ actor }: Entry): string | null =>
  actor.startsWith('person:') ? actor.slice('person:'.length) : null
