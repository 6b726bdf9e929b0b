import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { countOwn, deleteView, updateView } from './store-view'

/**
 * Renames one's own view, or shares it with everybody, or no longer.
 * @throws Fault `not_found` (also for somebody else's), `already_exists` on `name`
 */
export async function changeView(
  db: Db,
  actor: Actor,
  id: string,
  given: { name: string; shared: boolean },
): Promise<void> {
  const { named } = await countOwn(db, actor.id, given.name, id)
  if (named) throw fault('already_exists', { field: 'name', detail: 'You have a view of this name.' })
  if ((await updateView(db, { id, personId: actor.id }, given)) === 0) throw fault('not_found')
}

/** Removes one's own view. @throws Fault `not_found` (also for somebody else's) */
export async function removeView(db: Db, actor: Actor, id: string): Promise<void> {
  if ((await deleteView(db, { id, personId: actor.id })) === 0) throw fault('not_found')
}
