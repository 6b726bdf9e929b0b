import { transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { dueEscalations, escalateAction } from '@/lib/decisions/escalate'
import { repeated } from '@/lib/gateway/server/repeated'

/** Tells of what waits too long, step by step. Every replica does it; each step is told once. */
export const escalation = repeated('escalation', 5_000, () => async (stopping) => {
  const now = new Date()
  for (const id of await dueEscalations(pool('app'), now)) {
    if (stopping.aborted) return
    await transaction((db) => escalateAction(db, id, now))
  }
})
