import type { Consumer } from '@/lib/ledger/tail'
import { callsOf } from './call'
import { notifyOf } from './notify-of'

/** Reads every entry of the ledger once, in its order, from when it first runs on, and queues what people are to hear of it. */
export const notificationsConsumer: Consumer = {
  name: 'notifications',
  from: 'now',
  restMs: 300,
  handle: async (db, entries) => {
    const calls = entries.flatMap(({ entry }) => (entry === null ? [] : callsOf(entry)))
    await notifyOf(db, calls, new Date())
  },
}
