import { mineOf, answererOf } from '@/lib/approvals/read'
import { takerOf } from '@/lib/approvals/looking'
import { readSeatRule } from '@/lib/approvals/seat'
import { lookingNow, type LookingOf } from '@/lib/approvals/read-looking'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import type { LookingView } from './request'

/** Who looks at what, of the requests that wait and this person may see; never more than a few for each person there is. */
export async function readLooking(db: Db, actor: Actor, now: Date): Promise<LookingView> {
  const rows = (await lookingNow(db, now)).filter((row) => maySee(actor, row, now))
  const requests = [...new Set(rows.map((row) => row.approval_id))]
  return requests.map((approvalId) => {
    const those = rows.filter((row) => row.approval_id === approvalId)
    const personOf = ({ person_id: id, name }: LookingOf) => ({ id, name, you: id === actor.id })
    const words = those.map((row) => ({ row, until: row.until, takenAt: row.taken_at, takenUntil: row.taken_until }))
    const taker = takerOf(words, now)
    return {
      request: publicId('approval', approvalId),
      taken: taker?.takenAt ? { ...personOf(taker.row), at: taker.takenAt.toISOString() } : null,
      looking: words
        .filter(({ until }) => until > now)
        .map(({ row }) => ({ ...personOf(row), since: row.since.toISOString() })),
      lapsesIn: Math.min(
        ...words
          .flatMap(({ until, takenUntil }) => [until, takenUntil])
          .flatMap((end) => (end !== null && end > now ? [end.getTime() - now.getTime()] : [])),
      ),
    }
  })
}

/** As the inbox itself: those with a role, whoever owns the agent, and whom the boundary asks (lib/decisions/read-inbox.ts). */
function maySee(actor: Actor, row: LookingOf, now: Date): boolean {
  if (can(actor, 'approval.read', { ownerId: row.owner_id ?? undefined }).ok) return true
  const rule = readSeatRule(row.rule)
  const asked = { ...rule, requesterId: row.requester_id ?? rule.requesterId }
  return mineOf({ rule: asked, seats: row.seats, kind: row.kind, openedAt: row.opened_at }, [], answererOf(actor), now)
    .approve.ok
}
