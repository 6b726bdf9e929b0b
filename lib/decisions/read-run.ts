import { answererOf } from '@/lib/approvals/read'
import { mayTakeSeat, readSeatRule, SEAT_REFUSALS } from '@/lib/approvals/seat'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import type { Sql } from '@/lib/ledger/sql'
import { listRefusals, type RefusalCount } from './store-actions'
import { countOpen, listOpen, listRejected, type OpenRow } from './store-run'

/** One action of a run that has not ended. `tool` and `resource` may be the agent's words: data, never markup. */
export type OpenAction = {
  /** `act_…` */
  action: string
  status: OpenRow['status']
  tool: string | null
  resource: string | null
  /** `apr_…` and until when it waits, for what is held */
  approval: { id: string; expiresAt: string } | null
  /** why the person who looks may not reject it; null where they may, or there is nothing to reject */
  barred: string | null
}

export type OpenOfRun = {
  counts: { held: number; approved: number; claimed: number; grants: number }
  /** the oldest, at most `MOST_OPEN` */
  actions: readonly OpenAction[]
}

export const MOST_OPEN = 100

/** All that is still pending of a run, as one person sees it (C13). `runId` is the bare UUID. */
export async function openOfRun(db: Db, actor: Actor, runId: string): Promise<OpenOfRun> {
  const [counts, rows] = await Promise.all([countOpen(db, runId), listOpen(db, runId, null, MOST_OPEN, false)])
  return {
    counts,
    actions: rows.map((row) => ({
      action: publicId('action', row.id),
      status: row.status,
      tool: row.tool,
      resource: row.resource_id,
      approval:
        row.status !== 'held' || row.approval_id === null || row.expires_at === null
          ? null
          : { id: publicId('approval', row.approval_id), expiresAt: row.expires_at.toISOString() },
      barred: barredFrom(row, actor),
    })),
  }
}

/** Something somebody rejected when they stopped the run. */
export type RejectedAction = { action: string; approval: string; tool: string | null; resource: string | null }

/** What a person rejected of a run since a moment, at most so many. */
export async function rejectedInRun(db: Db, runId: string, personId: string, since: Date): Promise<RejectedAction[]> {
  const rows = await listRejected(db, runId, personId, since, MOST_OPEN)
  return rows.map(({ action, approval, tool, resource_id: resource }) => ({
    action: publicId('action', action),
    approval: publicId('approval', approval),
    tool,
    resource,
  }))
}

/** Why a person may not reject a held action, by the seat rule it was asked with and who answers for its agent by now. */
function barredFrom(row: OpenRow, actor: Actor): string | null {
  if (row.status !== 'held' || row.seats === null) return null
  const rule = readSeatRule(row.rule)
  const asked = { ...rule, requesterId: row.requester_id ?? rule.requesterId }
  const seat = mayTakeSeat(asked, row.seats, [], answererOf(actor), 'reject')
  if (!seat.ok) return SEAT_REFUSALS[seat.reason]
  return row.seats === 1 && row.owner_id === actor.id ? SEAT_REFUSALS.owner_alone : null
}

/** How often the grant of an action was refused, by why, the first reason first. `actionId` is the bare UUID. */
export function refusalsOf(sql: Sql, actionId: string): Promise<RefusalCount[]> {
  return listRefusals(sql, actionId)
}
