import { pool } from '@/lib/db/pool'
import { engage } from '@/lib/halt/engage'
import { findUnsettled, settle } from './store-watch'

/**
 * Engages the halts of watch rules that came true and have none yet: after every batch of the tail, and every few seconds. The halt has
 * the firing's id, so that a crash between engaging and noting it engages nothing twice, whatever was lifted meanwhile.
 */
export async function engageFired(now: Date = new Date()): Promise<void> {
  for (const { id, slug, reason, place, alertId, engaged } of await findUnsettled(pool('app'))) {
    if (engaged) {
      await settle(pool('app'), id, id)
      continue
    }
    const rule = `watch[${place}]`
    const halt = await engage({ id, scope: 'agent', agent: slug, reason, rule, alertId, by: null, now })
    await settle(pool('app'), id, halt.id)
  }
}
