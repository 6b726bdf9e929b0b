import { answererOf, readApprovalAbout, type ApprovalView } from '@/lib/approvals/read'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { elevationWords } from './elevation'
import { elevationsOfAgent, waitingElevations, type ElevationRow } from './store-elevation'

/** An elevation as screens show it. `status` is as of now: one whose time is over has ended, whatever the record says yet. */
export type ElevationView = Omit<ElevationRow, 'digest' | 'id'> & {
  /** `elv_…` */
  id: string
  status: 'waiting' | 'refused' | 'expired' | 'live' | 'ended'
  what: string
  /** the question, for who looks at it; null once it is answered */
  approval: ApprovalView | null
}

/** The last twenty of an agent, newest first, for one viewer. */
export async function readElevations(db: Db, agentId: string, viewer: Actor, now: Date): Promise<ElevationView[]> {
  return viewsOf(db, await elevationsOfAgent(db, agentId, 20), viewer, now)
}

/** Those that wait for anybody's answer, for one viewer. */
export async function readWaitingElevations(db: Db, viewer: Actor, now: Date): Promise<ElevationView[]> {
  return viewsOf(db, await waitingElevations(db, now), viewer, now)
}

async function viewsOf(db: Db, rows: readonly ElevationRow[], viewer: Actor, now: Date): Promise<ElevationView[]> {
  const views: ElevationView[] = []
  for (const { digest: _, id, ...row } of rows) {
    const approval =
      row.grantedAt === null ? await readApprovalAbout(db, 'elevation', id, answererOf(viewer), now) : null
    views.push({
      ...row,
      id: publicId('elevation', id),
      what: elevationWords(row.scopes, row.tools),
      status: statusOf(row, approval, now),
      approval,
    })
  }
  return views
}

function statusOf(
  row: Omit<ElevationRow, 'digest' | 'id'>,
  approval: ApprovalView | null,
  now: Date,
): ElevationView['status'] {
  if (row.endsAt !== null) return row.endedAt !== null || row.endsAt <= now ? 'ended' : 'live'
  if (approval?.status === 'rejected') return 'refused'
  // Approved and not granted: cut off in between, and still to be completed.
  return approval?.status === 'pending' || approval?.status === 'approved' ? 'waiting' : 'expired'
}
