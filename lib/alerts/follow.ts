import type { Consumer } from '@/lib/ledger/tail'
import { notifyAlerts } from './store'
import { observe } from './observe'

/** Reads every entry of the ledger once, in its order, and raises what there is to raise (DESIGN §2: nothing calls rightwards). */
export const alertsConsumer: Consumer = {
  name: 'alerts',
  from: 'beginning',
  restMs: 200,
  handle: async (db, entries) => {
    let raised = false
    for (const { id, index, recordedAt, entry } of entries) {
      // bytes that are no entry are verification's to report; an entry without an index is not handed out
      if (entry === null || index === null) continue
      const streamId = entry.about?.stream ?? null
      const channelId = entry.about?.channel ?? null
      const toolId = entry.about?.tool ?? null
      const { kind, outcome = null, reason = null, agent: agentId = null, labels = null } = entry
      const observed = { kind, outcome, reason, agentId, labels: labels ?? [], streamId, channelId, toolId }
      const fresh = await observe(db, { ...observed, index: BigInt(index), entryId: id, at: recordedAt })
      raised ||= fresh
    }
    if (raised) await notifyAlerts(db)
  },
}
