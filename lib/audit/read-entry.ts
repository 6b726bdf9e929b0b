import type { StoredProjection } from '@/lib/ledger/payload'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { entryAt, ledgerStatus } from '@/lib/ledger/read'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import type { EntryDetail } from './entry-detail'
import { goneIn, openFor } from './open-for'
import { actorOf } from './rows'
import { listAgents, namesOf } from './store'

/**
 * The entry at one place of the log, for whoever may read it.
 * @throws Fault `not_found` (also where the person may not read it)
 */
export async function readEntryAt(sql: Sql, actor: Actor, index: number): Promise<EntryDetail> {
  if (!Number.isSafeInteger(index) || index < 0) throw fault('not_found')
  const found = await entryAt(sql, index)
  if (!found) throw fault('not_found')
  const { entry } = found
  if (!can(actor, 'audit.read').ok) {
    const owned = await listAgents(sql, { ownerId: actor.id })
    if (!owned.some(({ id }) => id === entry?.agent)) throw fault('not_found')
  }
  const people = entry ? [entry.agent, entry.owner, entry.actor.split(':')[1], entry.accountable?.split(':')[1]] : []
  const names = await namesOf(
    sql,
    people.filter((id): id is string => typeof id === 'string' && id !== ''),
  )
  const [{ size }, opened] = [await ledgerStatus(sql), (await openFor(sql, actor, [found.id])).get(found.id)]
  const action = entry?.kind === 'action.decided' ? found.id : entry?.action
  return {
    index,
    id: publicId('entry', found.id),
    recordedAt: found.recordedAt.toISOString(),
    entry,
    bytes: found.bytes.toString('utf8'),
    leaf: found.leaf.toString('hex'),
    last: size - 1,
    action: action ? publicId('action', action) : null,
    agent: (entry?.agent && names.get(entry.agent)) ?? null,
    owner: entry?.owner ? { id: entry.owner, name: names.get(entry.owner) ?? 'somebody no longer known' } : null,
    actor: entry ? actorOf(entry, names) : null,
    payload: goneIn(opened) ? 'erased' : ((opened?.state ?? 'none') as EntryDetail['payload']),
    gone: goneIn(opened),
    projection: opened?.state === 'sensitive' ? null : found.projection && shownAs(found.projection),
  }
}

/** A projection in words, a line for each thing it holds. */
function shownAs(projection: StoredProjection): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(projection).map(([column, value]) => [
      column,
      Array.isArray(value) ? value.join(' · ') : value === null ? null : String(value),
    ]),
  )
}
