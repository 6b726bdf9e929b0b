import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { resourceById } from './store'

/**
 * Takes the protection away, with a reason: agents' boundaries alone decide from then on. A ciso who does not answer for the
 * resource; the gate holds that too. Takes lock K, so it is given a database and no transaction.
 * @throws Fault `not_found`, `wrong_state`, `separation_of_duties`, `not_permitted`
 */
export async function unprotectResource(
  db: Db,
  person: { id: string },
  id: string,
  reason: string,
): Promise<{ type: string; name: string }> {
  const resource = await resourceById(db, id)
  if (resource === null) throw fault('not_found')
  const entry = await prepareEntry(db, {
    kind: 'resource.unprotected',
    actor: `person:${person.id}`,
    owner: resource.owner_id,
    about: { resource: id },
    labels: [resource.kind],
    subject: 'organisation',
    payload: { reason, title: resource.title },
    projection: { resource_type: resource.type, resource_id: resource.name, sentence: resource.title },
  })
  await changeOrRefuse('resource.unprotect', { id, by: person.id, reason }, entry)
  return { type: resource.type, name: resource.name }
}
