import { readApproval, readApprovalAbout, type ApprovalView } from '@/lib/approvals/read'
import type { Answerer } from '@/lib/approvals/seat'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { DrillScope } from './drill'
import { viewOf, type HaltView } from './read'
import { findInForce } from './store'
import { findOpenDrills } from './store-drill'

/** A live drill somebody planned, or a lift somebody asked for: either waits for a second person. */
export type SecondWanted = {
  /** who asked first, and why */
  asker: string
  reason: string
  expiresAt: Date
  /** whether the person who looks may be the second */
  mine: boolean
} & ({ drill: { id: string; scope: DrillScope; name: string | null } } | { halt: HaltView })

/** What waits for a second person about halts, for one viewer: what ends first stands first. */
export async function readSecondsWanted(db: Db, viewer: Answerer, now: Date): Promise<SecondWanted[]> {
  const [drills, halts] = await Promise.all([findOpenDrills(db), findInForce(db)])
  const planned = drills.map(async ({ id, approval_id: approval, begun_at: begun, scope, name }) => {
    if (approval === null || begun !== null) return []
    const asked = await readApproval(db, approval, viewer, now)
    return wanted(asked).map((one) => ({ ...one, drill: { id: publicId('drill', id), scope, name } }))
  })
  const lifts = halts.map(async (row) => {
    const asked = await readApprovalAbout(db, 'halt_lift', row.id, viewer, now)
    return wanted(asked).map((one) => ({ ...one, halt: viewOf(row) }))
  })
  const found = (await Promise.all<SecondWanted[]>([...planned, ...lifts])).flat()
  return found.toSorted((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime())
}

function wanted(asked: ApprovalView | null) {
  const [first] = asked?.verdicts ?? []
  if (asked?.status !== 'pending' || first === undefined) return []
  return [{ asker: first.name, reason: first.reason, expiresAt: asked.expiresAt, mine: asked.mine.approve.ok }]
}
