import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { agentNamed } from '@/lib/agents/read'
import type { Db } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import type { ProtectInput } from './contract'
import { foldName, MOST_PROTECTED } from './resource'
import { mayAnswerFor } from './store'

/**
 * Marks a resource as protected: once this has returned, no agent's change of it is allowed without a person (C21). Takes lock K,
 * so it is given a database and no transaction.
 * @throws Fault `already_exists`, `conflict` (too many), `invalid_request` naming the field
 */
export async function protectResource(
  db: Db,
  person: { id: string },
  input: ProtectInput,
): Promise<{ id: string; type: string; name: string }> {
  const { type, name, title, kind, ownerId, contentAt, digest } = input
  const key = foldName(name)
  if (key === '') throw fault('invalid_request', { field: 'name', detail: 'Say how agents name it.' })
  if (!(await mayAnswerFor(db, ownerId))) throw fault('invalid_request', { field: 'ownerId', detail: OWNER })
  const reporter = input.reporter === null ? null : (await agentNamed(db, input.reporter)).id
  const id = newId()
  const entry = await prepareEntry(db, {
    kind: 'resource.protected',
    actor: `person:${person.id}`,
    owner: ownerId,
    about: { resource: id },
    labels: [kind],
    subject: 'organisation',
    payload: { type, name, title, kind, reporter: input.reporter, content_at: contentAt, digest },
    projection: { resource_type: type, resource_id: name, sentence: title },
  })
  const answer = await applyChange(
    'resource.protect',
    {
      id,
      by: person.id,
      type,
      name,
      key,
      title,
      kind,
      owner_id: ownerId,
      reporter_id: reporter,
      content_at: contentAt,
      adopted_digest: digest?.slice('sha256:'.length) ?? null,
    },
    entry,
  )
  if (answer.applied) return { id, type, name }
  if (answer.refused === 'already_exists')
    throw fault('already_exists', { field: 'name', detail: 'This resource is protected already.' })
  if (answer.refused === 'conflict')
    throw fault('conflict', {
      detail: `${MOST_PROTECTED.toLocaleString('en')} resources are protected: unprotect one first.`,
    })
  throw fault(answer.refused)
}

export const OWNER = 'Choose somebody who is active, and who is no auditor: an auditor changes nothing.'
