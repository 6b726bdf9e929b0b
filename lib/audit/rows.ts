import { idTime, publicId } from '@/lib/core/ids'
import type { AuditRow, RowActor } from '@/lib/audit/row'
import { listProjections, namesOf, type ProjectedRow } from '@/lib/audit/store'
import type { Scope } from '@/lib/audit/store-names'
import type { Entry } from '@/lib/ledger/entry'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import type { LedgerEntry } from '@/lib/ledger/read'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'

/** What of the ledger a person may read: all of it with a role or on call, else what is about the agents they own. */
export function scopeOf(actor: Actor): Scope {
  return can(actor, 'audit.read').ok ? 'everything' : { ownerId: actor.id }
}

/** Entries as a list shows them to one reader, nothing of what is sensitive to them, with the names that what they name has now. */
export async function toRows(sql: Sql, actor: Pick<Actor, 'id'>, entries: readonly LedgerEntry[]): Promise<AuditRow[]> {
  const ids = entries.map(({ id }) => id)
  const withheld = await purposeNeeded(sql, actor, ids)
  const names = await namesOf(sql, entries.flatMap(idsIn))
  const actions = entries.flatMap(({ entry }) => entry?.action ?? [])
  const about = actions.length === 0 ? [] : await listProjections(sql, actions)
  return entries.map((entry) =>
    withheld.has(entry.id) ? toRow({ ...entry, projection: null }, names, []) : toRow(entry, names, about),
  )
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
