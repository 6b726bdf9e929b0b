import type { Db } from '@/lib/db/client'
import { notifyApproval } from './store'

/** Tells every open screen that something about an approval changed, once the transaction commits. */
export function tellApproval(db: Db, id: string): Promise<void> {
  return notifyApproval(db, id)
}
