import { agentNamed } from '@/lib/agents/read'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { EditResourceInput } from './contract'
import { OWNER } from './protect'
import { mayAnswerFor, resourceById, updateResource } from './store'

/**
 * Changes what a protected resource is called, who answers for it, whose reports count and where an action carries its content.
 * None of it alters a decision. Run it in a transaction.
 * @throws Fault `not_found`, `wrong_state` (no longer protected), `invalid_request` naming the field
 */
export async function editResource(
  db: Db,
  person: { id: string },
  id: string,
  input: EditResourceInput,
): Promise<{ type: string; name: string }> {
  const before = await resourceById(db, id)
  if (before === null) throw fault('not_found')
  const { title, kind, ownerId, contentAt } = input
  if (ownerId !== before.owner_id && !(await mayAnswerFor(db, ownerId)))
    throw fault('invalid_request', { field: 'ownerId', detail: OWNER })
  const reporterId = input.reporter === null ? null : (await agentNamed(db, input.reporter)).id
  if (!(await updateResource(db, id, { title, kind, ownerId, reporterId, contentAt })))
    throw fault('wrong_state', { detail: 'It is not protected any more.' })
  await append(db, {
    kind: 'resource.edited',
    actor: `person:${person.id}`,
    owner: ownerId,
    about: { resource: id },
    labels: [kind],
    subject: 'organisation',
    payload: {
      before: { title: before.title, kind: before.kind, reporter: before.reporter, content_at: before.content_at },
      after: { title, kind, reporter: input.reporter, content_at: contentAt },
    },
    projection: { resource_type: before.type, resource_id: before.name, sentence: title },
  })
  return { type: before.type, name: before.name }
}
