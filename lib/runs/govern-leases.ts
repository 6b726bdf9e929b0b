import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import { findLeases, setAgentLease, setLongestLease } from './store-leases'

/**
 * Says how long a run lives without a word from a client that renews, in seconds, for every agent; in the caller's transaction. It holds from each
 * renewal on. Saying what holds already writes nothing.
 */
export async function governLeases(db: Db, actor: Actor, seconds: number): Promise<void> {
  const before = await setLongestLease(db, seconds)
  if (before === seconds) return
  await append(db, {
    kind: 'leases.governed',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    payload: { seconds, before },
  })
}

/**
 * Gives one agent a shorter lease than the organisation's, or takes that back (null).
 * @throws Fault `invalid_request` naming `seconds`, where it is not shorter
 */
export async function governAgentLease(
  db: Db,
  actor: Actor,
  agent: { id: string; ownerId: string },
  seconds: number | null,
): Promise<void> {
  const { organisation, own } = await findLeases(db, agent.id)
  if (seconds !== null && seconds >= organisation)
    throw fault('invalid_request', {
      field: 'seconds',
      detail: `Shorter than the organisation’s ${String(organisation)} seconds, or nothing.`,
    })
  if (seconds === own) return
  await setAgentLease(db, agent.id, seconds)
  await append(db, {
    kind: 'leases.governed',
    actor: `person:${actor.id}`,
    agent: agent.id,
    owner: agent.ownerId,
    payload: { seconds, before: own },
  })
}
