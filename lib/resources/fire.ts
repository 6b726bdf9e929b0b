import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { FiringInput } from './contract'
import { reportedResource } from './reporter'
import { insertFiring } from './store'

const OLDEST = 30 * 24 * 3_600_000
const AHEAD = 5 * 60_000

/**
 * Records that a protected resource fired, once for each event of the reporter's. Run it in a transaction.
 * @returns the entry that says so (a UUID), and whether it is new
 * @throws Fault `not_found`, `invalid_request` (a time out of range), `idempotency_mismatch` (another report under one event)
 */
export async function fireResource(
  db: Db,
  agentId: string,
  resource: { type: string; name: string },
  firing: FiringInput,
  now: Date,
): Promise<{ id: string; recorded: boolean }> {
  const found = await reportedResource(db, agentId, resource.type, resource.name)
  const firedAt = new Date(firing.at)
  const age = now.getTime() - firedAt.getTime()
  if (age > OLDEST || age < -AHEAD)
    throw fault('invalid_request', { field: 'at', detail: 'Report what fired within the last 30 days.' })
  const id = newId(now.getTime())
  const bodyHash = sha256(canonicalBytes(firing))
  const before = await insertFiring(db, {
    id,
    resourceId: found.id,
    reporterId: agentId,
    eventHash: sha256(firing.event),
    bodyHash,
    firedAt,
    count: firing.count,
  })
  if (before !== null) {
    if (!before.bodyHash.equals(bodyHash)) throw fault('idempotency_mismatch', { field: 'event' })
    return { id: before.id, recorded: false }
  }
  await append(db, {
    id,
    kind: 'resource.fired',
    actor: 'agent',
    agent: agentId,
    owner: found.owner_id,
    about: { resource: found.id },
    labels: [found.kind],
    payload: { event: firing.event, at: firedAt.toISOString(), count: firing.count, summary: firing.summary ?? null },
    projection: { resource_type: found.type, resource_id: found.name, sentence: firing.summary ?? null },
  })
  return { id, recorded: true }
}
