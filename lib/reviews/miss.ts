import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { takeMissed } from './store'

const AT_ONCE = 200

/**
 * Says in the log of every review that became overdue, once each, in the caller's transaction; `lib/alerts` hears of it and raises one
 * alert for its agent. @returns how many
 */
export async function missOverdue(db: Db, now: Date): Promise<number> {
  const missed = await takeMissed(db, now, AT_ONCE)
  for (const { action_id: action, agent_id: agent, owner_id: owner } of missed)
    await append(db, { kind: 'review.missed', actor: 'system', agent, owner, action })
  return missed.length
}
