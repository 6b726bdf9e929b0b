import type { Consumer } from '@/lib/ledger/tail'
import { insertOwed, notifyReviews } from './store'

/** Reads every entry once, in the order of the log, and owes a review where an allowed action says so (DESIGN §2: nothing calls rightwards). */
export const reviewsConsumer: Consumer = {
  name: 'reviews',
  from: 'beginning',
  restMs: 500,
  handle: async (db, entries) => {
    let owed = false
    for (const { id, index, recordedAt, entry } of entries) {
      if (entry === null || index === null || entry.kind !== 'action.decided' || entry.outcome !== 'allow') continue
      if (entry.labels?.includes('code_review') !== true || !entry.agent || !entry.owner) continue
      const fresh = await insertOwed(db, {
        actionId: id,
        agentId: entry.agent,
        ownerId: entry.owner,
        index,
        at: recordedAt,
      })
      owed ||= fresh
    }
    if (owed) await notifyReviews(db)
  },
}
