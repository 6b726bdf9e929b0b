import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import type { SavedView } from './saved-view'
import { listViews } from './store-view'

/** The views somebody kept, and those others share with everybody, by name. */
export async function readViews(db: Db, actor: Actor): Promise<SavedView[]> {
  return (await listViews(db, actor.id)).map(({ id, personId, name, query, shared, person }) => ({
    id,
    name,
    query,
    shared,
    mine: personId === actor.id,
    by: personId === actor.id ? null : person.name,
  }))
}
