import { sha256 } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { parseJson } from '@/lib/core/json'
import { pool } from '@/lib/db/pool'
import { engageAsked } from './engage-asked'
import type { Engaged } from './engage'
import { findHalt } from './store'
import { deleteDeliveries, noteSourceUsed, settleDelivery, takeDeliveryRow } from './store-source'

/** How long what came is known by its sender's id, in milliseconds: senders try again for a few days. */
export const DELIVERY_MS = 7 * 86_400_000

/**
 * What a source sent, its signature proven. The same message again, by its sender's id, engages nothing again, also when people have
 * lifted the halt since.
 * @param body as it arrived: JSON of `engageInput`
 * @throws Fault `idempotency_mismatch` for another body under a known id; else as `engageAsked`
 */
export async function takeDelivery(
  source: { id: string; may: readonly string[] },
  webhookId: string,
  body: Buffer,
  now: Date,
): Promise<Engaged> {
  const connections = pool('reserved')
  const hash = sha256(body)
  const fresh = { sourceId: source.id, webhookId, hash, haltId: newId(now.getTime()) }
  const row = await takeDeliveryRow(connections, fresh)
  if (!hash.equals(row.body_hash)) throw fault('idempotency_mismatch', { field: 'webhook-id' })
  if (row.settled) return { id: row.halt_id, already: true }
  // cut off between the halt and the note that it stands
  const engaged: Engaged =
    (await findHalt(connections, row.halt_id)) === null
      ? await engageAsked(parseJson(body), { source }, now, { id: row.halt_id, connections })
      : { id: row.halt_id, already: true }
  await settleDelivery(connections, source.id, webhookId, engaged.id)
  await noteSourceUsed(connections, source.id, now)
  return engaged
}

/** Forgets what came long ago; answers how much. */
export function forgetDeliveries(now: Date): Promise<number> {
  return deleteDeliveries(pool('app'), new Date(now.getTime() - DELIVERY_MS))
}
