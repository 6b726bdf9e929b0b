import { type ApprovalView, readApproval } from '@/lib/approvals/read'
import type { Answerer } from '@/lib/approvals/seat'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { query, type Sql } from '@/lib/ledger/sql'
import { type DrillKind, type DrillScope, type DrillState, figuresInWords } from './drill'
import type { DrillReport } from './drill-report'
import { type DrillSchedule, type Due, dueStanding, occurrences } from './drill-schedule'
import { drillClock, scheduleInForce, workOutDue } from './drills-due'
import { findDrill, findDrilled, findDrills, findForeign, findTeamName, type DrillRow } from './store-drill'
import { findHalt } from './store'

/** A drill as screens show it. */
export type DrillView = {
  /** `drl_…` */
  id: string
  kind: DrillKind
  scope: DrillScope
  /** what it names, by name; null for everything */
  name: string | null
  note: string
  state: DrillState
  targetMs: number
  windowMs: number
  /** null: the schedule */
  askedBy: { id: string; name: string } | null
  askedAt: Date
  begunAt: Date | null
  endedAt: Date | null
  report: DrillReport | null
}

/** One agent of a drill: how long after its beginning it confirmed; `late`: after the drill had ended. */
export type DrilledView = { slug: string; ms: number | null; late: boolean; runs: number }

export type DrillDetail = DrillView & {
  /** the halt of a live one, `hlt_…`, and whether it is in force now */
  halt: { id: string; inForce: boolean } | null
  /** until when it waits for agents at most */
  endsAt: Date | null
  agents: DrilledView[]
  /** agents that confirmed it and were not in it */
  foreign: { slug: string; at: Date }[]
  /** a planned live one: the request the second person answers, as this viewer may */
  approval: ApprovalView | null
  /** the index of the entry that holds the report, once the sequencer gave it one */
  entryIndex: number | null
}

/** The newest drills, first. */
export async function listDrills(sql: Sql, most = 60): Promise<DrillView[]> {
  return (await findDrills(sql, most)).map(viewOf)
}

/** One drill for one viewer; null when there is none. `id` is the bare UUID. */
export async function readDrill(db: Db, id: string, viewer: Answerer, now: Date): Promise<DrillDetail | null> {
  const row = await findDrill(db, id)
  if (row === null) return null
  const [words, foreign, halt, approval, entryIndex] = await Promise.all([
    findDrilled(db, id),
    findForeign(db, id),
    row.halt_id === null ? null : findHalt(db, row.halt_id),
    row.approval_id === null ? null : readApproval(db, row.approval_id, viewer, now),
    row.entry_id === null ? null : indexOf(db, row.entry_id),
  ])
  // of a live drill time begins when its halt is in force
  const from = halt?.engaged_at ?? row.begun_at
  const view = viewOf(row)
  return {
    ...view,
    halt: halt === null ? null : { id: publicId('halt', halt.id), inForce: halt.lifted_at === null },
    endsAt: from === null ? null : new Date(from.getTime() + row.window_ms),
    agents: words.map(({ slug, at, runs }) => {
      const ms = at === null || from === null ? null : Math.max(0, at.getTime() - from.getTime())
      return { slug, ms, late: ms !== null && ms > row.window_ms, runs: runs.length }
    }),
    foreign,
    approval: view.state === 'planned' ? approval : null,
    entryIndex,
  }
}

/** The report of a drill and the entry that holds it; null where there is none. `id` is the bare UUID. */
export async function readReport(
  sql: Sql,
  id: string,
): Promise<{ report: DrillReport; entry: string; entryIndex: number | null } | null> {
  const row = await findDrill(sql, id)
  if (row?.report == null || row.entry_id === null) return null
  return { report: row.report, entry: publicId('entry', row.entry_id), entryIndex: await indexOf(sql, row.entry_id) }
}

/** When the next drill is due and how that stands, with what was set. */
export type DrillCalendar = {
  schedule: DrillSchedule
  /** the scope of the schedule by name; null for everything */
  name: string | null
  timeZone: string
  /** the moment from which a drill is due; null: there is nobody to drill */
  dueAt: Date | null
  standing: Due | null
  /** the next moments on the calendar, the due one first if it has passed */
  next: Date[]
}

/** What the calendar says now. */
export async function readDrillCalendar(sql: Sql, now: Date, most = 6): Promise<DrillCalendar> {
  const [schedule, { timeZone }, dueAt] = await Promise.all([scheduleInForce(sql), drillClock(sql), workOutDue(sql)])
  const name = schedule.scope === 'team' ? await findTeamName(sql, schedule.target) : schedule.target || null
  const from = dueAt !== null && dueAt > now ? new Date(dueAt.getTime() - 1) : now
  return {
    schedule,
    name,
    timeZone,
    dueAt,
    standing: dueAt === null ? null : dueStanding(dueAt, now),
    next: occurrences(schedule, timeZone, from, most),
  }
}

async function indexOf(sql: Sql, entryId: string): Promise<number | null> {
  const [row] = await query<{ idx: string | null }>(
    sql,
    'SELECT idx::text AS idx FROM ledger.leaf WHERE entry_id = $1::uuid',
    [entryId],
  )
  return row?.idx == null ? null : Number(row.idx)
}

function viewOf(row: DrillRow): DrillView {
  return {
    id: publicId('drill', row.id),
    kind: row.kind,
    scope: row.scope,
    name: row.name,
    note: row.note,
    state: row.outcome ?? (row.begun_at === null ? 'planned' : 'running'),
    targetMs: row.target_ms,
    windowMs: row.window_ms,
    askedBy: row.asked_by === null || row.asker === null ? null : { id: row.asked_by, name: row.asker },
    askedAt: row.asked_at,
    begunAt: row.begun_at,
    endedAt: row.ended_at,
    report: row.report,
  }
}

/** How the kill switch stands, for the posture page: the last drill that was measured, and from when the next is due. */
export async function readDrillStanding(
  sql: Sql,
): Promise<{ last: { at: string; words: string } | null; dueAt: string | null }> {
  const [drills, dueAt] = await Promise.all([findDrills(sql, 60), workOutDue(sql)])
  const last = drills.find(({ report }) => report !== null)
  return {
    last: last?.report == null ? null : { at: last.report.begun_at, words: figuresInWords(last.report.figures) },
    dueAt: dueAt?.toISOString() ?? null,
  }
}
