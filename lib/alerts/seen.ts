import type { Consumer } from '@/lib/ledger/tail'
import { seeSigns } from './see-signs'
import { seeTools } from './see-tools'

/**
 * Reads what is in use: tools that agents name and the catalogue lacks, how their actions run and whether they obey. Behind the decision and never
 * in it: nothing an agent proposes waits for this.
 */
export const seenConsumer: Consumer = {
  // the name of its cursor, for good
  name: 'catalogue',
  from: 'now',
  restMs: 1_000,
  handle: async (db, entries) => {
    await seeTools(db, entries)
    await seeSigns(db, entries)
  },
}
