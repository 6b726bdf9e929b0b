import type { Db } from '@/lib/db/client'
import { listLooking, type LookingOf } from './store-looking'

export type { LookingOf } from './store-looking'

/** Everybody's words that stand at a moment, whoever may see them: the room that opened the approvals says who. */
export function lookingNow(db: Db, now: Date): Promise<LookingOf[]> {
  return listLooking(db, now)
}
