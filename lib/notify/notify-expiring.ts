import type { Db } from '@/lib/db/client'
import type { Call } from './call'
import { notifyOf } from './notify-of'
import { takeExpiring } from './store-things'

const MOST = 1_000

/** Tells whoever may answer, once a request, that it ends soon. Run it every minute; of two replicas one tells. */
export async function notifyExpiring(db: Db, now: Date): Promise<number> {
  const found = await takeExpiring(db, now, MOST)
  const calls = found.map(({ id, agentId, ownerId }): Call => ({
    ...{ kind: 'expiring', what: 'expiring', thing: id, thread: `approval:${id}`, group: `expiring:${agentId ?? ''}` },
    ...{ act: 'trigger', to: 'seats', severity: 'warning', urgent: false, agentId, ownerId, byId: null },
  }))
  await notifyOf(db, calls, now)
  return found.length
}
