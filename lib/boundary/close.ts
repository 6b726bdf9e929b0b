import { digestText } from '@/lib/core/digest-text'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { findVersion } from './store'
import type { Governed } from './subject'

/**
 * Sends a draft back to its drafter with a reason (a ciso), or withdraws it (its drafter, or the agent's owner). Either way
 * it stays as it was, and the next draft is a new version. Takes lock K, so it is given a database and no transaction.
 * @throws Fault `not_found`, `already_decided`
 */
export async function close(
  db: Db,
  person: { id: string },
  of: Governed | null,
  version: number,
  to: 'returned' | 'withdrawn',
  reason: string,
): Promise<void> {
  const found = await findVersion(db, of?.id ?? null, version)
  if (found === null) throw fault('not_found')
  if (found.status !== 'draft')
    throw fault('already_decided', { detail: `Version ${String(version)} is ${found.status} already.` })
  const entry = await prepareEntry(db, {
    kind: `${of === null ? 'baseline' : 'boundary'}.${to}` as const,
    actor: `person:${person.id}`,
    agent: of?.id ?? null,
    owner: of?.ownerId ?? null,
    boundary: { version, digest: digestText(found.digest) },
    about: { boundary: found.id },
    ...(reason !== '' && { payload: { reason } }),
  })
  await changeOrRefuse('boundary.close', { id: found.id, by: person.id, to, reason }, entry)
}
