import { fault } from '@/lib/core/fault'
import { append } from '@/lib/ledger/append'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { listAgents } from './store'
import { insertReading, subjectRow } from './store-sensitive'

/** How long a purpose opens what it was said for. */
export const READING_MS = 30 * 60_000

/**
 * Says why somebody reads what is marked sensitive: the entry `payload.read` with the purpose in its payload, and for half an hour this
 * reader alone opens that action, or that entry where it belongs to none.
 * @param entryId bare UUID of the entry or the action
 * @throws Fault `not_permitted` with a token, `not_found` also where this person may not read the entry
 */
export async function sayPurpose(
  sql: Sql,
  actor: Actor,
  entryId: string,
  purpose: string,
  now: Date,
): Promise<{ until: string }> {
  if (actor.readOnly) throw fault('not_permitted', { detail: 'A token has no purpose: sign in and say yours.' })
  const row = await subjectRow(sql, entryId)
  if (!row) throw fault('not_found')
  if (!can(actor, 'payload.open').ok) {
    const owned = await listAgents(sql, { ownerId: actor.id })
    if (!owned.some(({ id }) => id === row.agent_id)) throw fault('not_found')
  }
  const until = new Date(now.getTime() + READING_MS)
  const { id } = await append(sql, {
    kind: 'payload.read',
    actor: `person:${actor.id}`,
    about: { entry: row.subject },
    subject: `person:${actor.id}`,
    payload: { purpose },
  })
  await insertReading(sql, { entry: id, person: actor.id, subject: row.subject, until })
  return { until: until.toISOString() }
}
