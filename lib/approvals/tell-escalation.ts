import type { Db } from '@/lib/db/client'
import type { Sql } from '@/lib/ledger/sql'
import { findUntold, noteTold } from './store-escalation'

/** What held actions that wait are about, where a step is due that was not told yet; at most so many, those that expire first. */
export async function untoldSubjects(sql: Sql, now: Date, most: number): Promise<string[]> {
  return (await findUntold(sql, now, most)).map(({ subjectId }) => subjectId)
}

/** Notes in the caller's transaction that a step was told; false where it was before, so that each is told once. */
export function tellStep(db: Db, approvalId: string, step: number, now: Date): Promise<boolean> {
  return noteTold(db, approvalId, step, now)
}
