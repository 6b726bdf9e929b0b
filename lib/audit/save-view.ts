import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { addressOf, keptQuery, MOST_VIEWS } from './saved-view'
import { countOwn, insertView } from './store-view'

/**
 * Keeps a view of the audit under a name, for oneself or for everybody. It is an address and no permission: whoever opens it
 * sees what they may read. No entry is written: nothing that is governed changes.
 * @param given.query the parameters of the view's address
 * @throws Fault `invalid_request` (a view that cannot be read, too many), `already_exists`, each naming the field
 */
export async function saveView(
  db: Db,
  actor: Actor,
  given: { name: string; query: string; shared: boolean },
  now: Date,
): Promise<{ id: string; query: string }> {
  const address = addressOf(given.query)
  if (address === null)
    throw fault('invalid_request', { field: 'query', detail: 'This view cannot be read. Mend its filter first.' })
  const { all, named } = await countOwn(db, actor.id, given.name)
  if (named) throw fault('already_exists', { field: 'name', detail: 'You have a view of this name.' })
  if (all >= MOST_VIEWS)
    throw fault('invalid_request', {
      field: 'name',
      detail: `At most ${MOST_VIEWS} views. Remove one you no longer use.`,
    })
  const query = keptQuery(address)
  const { id } = await insertView(db, {
    id: newId(now.getTime()),
    personId: actor.id,
    name: given.name,
    query,
    shared: given.shared,
  })
  return { id, query }
}
