import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { statusAt } from './approval'
import { LOOKING_LEASE, MOST_LOOKED_AT, TAKEN_LEASE, type LookingAct } from './looking'
import { answererOf, mineOf } from './read'
import { findApproval, verdictsOf } from './store'
import { leaveLooking, notifyLooking, releaseLooking, sweepLooking, upsertLooking } from './store-looking'

/**
 * One person's word that they look at a request, take it, release it or leave it; always of themselves. Only somebody who could
 * answer it may say so, since others read it as "this one is being dealt with". On a request that no longer waits it does nothing.
 * @param approvalId the bare UUID
 * @throws Fault `not_found`; `not_permitted` for whom the seat rule keeps out
 */
export async function look(
  db: Db,
  { approvalId, actor, act, now }: { approvalId: string; actor: Actor; act: LookingAct; now: Date },
): Promise<void> {
  const approval = await findApproval(db, approvalId)
  if (approval === null) throw fault('not_found', { detail: 'There is no such approval.' })
  const waits = statusAt(approval, now) === 'pending'
  const mine = mineOf(approval, await verdictsOf(db, approvalId), answererOf(actor), now)
  const changed = await said()
  if (changed) await notifyLooking(db)

  async function said(): Promise<boolean> {
    switch (act) {
      case 'leave':
        return leaveLooking(db, approvalId, actor.id, now)
      case 'release':
        return releaseLooking(db, approvalId, actor.id)
      case 'look':
      case 'take':
        return waits && begin()
    }
  }
  async function begin(): Promise<boolean> {
    if (!mine.approve.ok && !mine.reject.ok) throw fault('not_permitted', { detail: mine.approve.text })
    const fresh = await upsertLooking(db, {
      approvalId,
      personId: actor.id,
      now,
      until: new Date(now.getTime() + LOOKING_LEASE),
      take: act === 'take',
      takenUntil: new Date(now.getTime() + TAKEN_LEASE),
    })
    await sweepLooking(db, actor.id, MOST_LOOKED_AT, now)
    return fresh
  }
}
