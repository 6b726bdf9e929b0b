import { statusAt } from '@/lib/approvals/approval'
import { takesPasskey } from '@/lib/approvals/assurance'
import { readSeatRule, SEAT_REFUSALS } from '@/lib/approvals/seat'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { passkeyRegistered } from '@/lib/people/read-passkeys'
import type { Sql } from '@/lib/ledger/sql'
import { runOver } from '@/lib/runs/run'
import { listRefusals, runTimesOf, type RefusalCount } from './store-actions'
import { type GivenRow, listGiven } from './store-inbox'
import { countOpen, listHeld, listOpen, listRejected, type HeldRow, type OpenRow } from './store-run'
import { seatOf } from './withheld'

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
  /** `barred`: how many of those held the person who looks may not reject */
  counts: { held: number; barred: number; approved: number; claimed: number; grants: number }
  /** the oldest, at most `MOST_OPEN` */
  actions: readonly OpenAction[]
}

export const MOST_OPEN = 100

/** All that is still pending of a run, as one person sees it (C13). `runId` is the bare UUID. */
export async function openOfRun(db: Db, actor: Actor, runId: string, now: Date): Promise<OpenOfRun> {
  const [counts, rows, barred] = await Promise.all([
    countOpen(db, runId),
    listOpen(db, runId, null, MOST_OPEN, false),
    barredIn(db, actor, runId, now),
  ])
  return {
    counts: { ...counts, held: Math.max(counts.held, barred.size), barred: barred.size },
    actions: rows.map((row) => ({
      action: publicId('action', row.id),
      status: row.status,
      tool: row.tool,
      resource: row.resource_id,
      approval:
        row.status !== 'held' || row.approval_id === null || row.expires_at === null
          ? null
          : { id: publicId('approval', row.approval_id), expiresAt: row.expires_at.toISOString() },
      barred: barred.get(row.id) ?? null,
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

/** Why a person may not reject what a run asks, by the id of the action: all of it, however much is listed. Those they may are left out. */
async function barredIn(db: Db, actor: Actor, runId: string, now: Date): Promise<ReadonlyMap<string, string>> {
  const held = await listHeld(db, runId)
  if (held.length === 0) return new Map()
  const given = await listGiven(
    db,
    held.map((row) => row.approval_id),
  )
  const { registered } = await passkeyRegistered(db, actor.id)
  return new Map(
    held.flatMap((row) => {
      const before = given.filter((one) => one.approval_id === row.approval_id)
      const why = barredFrom(row, before, actor, registered, now)
      return why === null ? [] : [[row.id, why] as const]
    }),
  )
}

/** What would refuse a person's rejection while they stop the run (`stopRun`), in the order in which it is asked; null where nothing would. */
function barredFrom(row: HeldRow, given: readonly GivenRow[], actor: Actor, registered: boolean, now: Date) {
  if (runOver(runTimesOf(row), now) !== null) return 'Its run is over, so it is withdrawn.'
  if (row.outdated) return 'A boundary or a baseline was signed since it was asked: its agent has to ask again.'
  if (statusAt({ status: row.status, expiresAt: row.expires_at }, now) !== 'pending') return 'Its time is over.'
  const seat = seatOf(row, given, actor, 'reject', now)
  if (!seat.ok) return SEAT_REFUSALS[seat.reason]
  return takesPasskey(readSeatRule(row.rule), 'reject', registered)
    ? 'It takes your passkey: answer it on its own page.'
    : null
}

/** How often the grant of an action was refused, by why, the first reason first. `actionId` is the bare UUID. */
export function refusalsOf(sql: Sql, actionId: string): Promise<RefusalCount[]> {
  return listRefusals(sql, actionId)
}
