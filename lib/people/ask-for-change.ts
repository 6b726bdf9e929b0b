import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { CosignedChange } from './co-signature'
import { findOpenChange, insertChange, tellPeople } from './store'

/**
 * Asks the cisos to co-sign what an administrator wants to do to one of them. One question per person and change is open at a
 * time, until a ciso answers it.
 * @throws Fault `already_exists`
 */
export async function askForChange(
  db: Db,
  requestedBy: string,
  asked: { personId: string; change: CosignedChange; reason: string },
  now: Date,
): Promise<string> {
  if ((await findOpenChange(db, asked.personId, asked.change)) !== null)
    throw fault('already_exists', { detail: 'This waits for a ciso’s co-signature already.' })
  const id = await insertChange(db, { ...asked, requestedBy, requestedAt: now })
  await append(db, {
    kind: 'ciso_change.requested',
    actor: `person:${requestedBy}`,
    about: { change: id, person: asked.personId },
    labels: [asked.change],
    payload: { reason: asked.reason },
  })
  await tellPeople(db)
  return id
}
