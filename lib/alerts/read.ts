import { fault } from '@/lib/core/fault'
import type { LimitName } from '@/lib/boundary/limits'
import type { Db } from '@/lib/db/client'
import { can, type Asking } from '@/lib/people/permission'
import { limitOfKey, streamOfKey, toolOfKey, type AlertKind, type Severity } from './alert'

/** An alert in the list. Times are dates; `agent` names it and who answers for it today. */
export type AlertRow = {
  id: string
  kind: AlertKind
  severity: Severity
  count: number
  firstAt: Date
  lastAt: Date
  escalatedAt: Date | null
  agent: { slug: string; owner: string } | null
  /** the stream it is about, where it is about one */
  streamId: string | null
  /** the limit it is about, where it is about one */
  limit: LimitName | null
  /** the tool it is about, where it is about one */
  toolId: string | null
  acknowledged: { by: string; at: Date; note: string } | null
}

/** One thing an alert was raised by: the entry, and what of its payload is not erased. */
export type Occurrence = {
  index: bigint
  entryId: string
  /** null: no action is behind it */
  actionId: string | null
  /** the run it happened in; null where the action is its own */
  runId: string | null
  at: Date
  reason: string | null
  sentence: string | null
  tool: string | null
}

/** `hidden`: why the reader may not see what raised it; then there are no occurrences. */
export type AlertDetail = AlertRow & {
  /** What is wrong, where no entry raised it. */
  says: string | null
  ownerId: string | null
  occurrences: Occurrence[]
  more: number
  hidden: string | null
}

const PAGE = 50
const SHOWN = 100

const selected = {
  id: true,
  key: true,
  kind: true,
  severity: true,
  count: true,
  firstAt: true,
  lastAt: true,
  escalatedAt: true,
  acknowledgedAt: true,
  acknowledgedBy: true,
  note: true,
  agent: { select: { slug: true, ownerId: true, owner: { select: { name: true } } } },
} as const

/** Alerts, loudest and newest first among the open ones, newest first among all. `older` is the next page's `before`. */
export async function listAlerts(
  db: Db,
  query: { show: 'open' | 'all'; before?: string },
): Promise<{ rows: AlertRow[]; older: string | null }> {
  const cursor = query.before === undefined ? undefined : new Date(query.before)
  if (cursor && Number.isNaN(cursor.getTime()))
    throw fault('invalid_request', { field: 'before', detail: 'Give a time.' })
  const found = await db.alert.findMany({
    where: { ...(query.show === 'open' && { acknowledgedAt: null }), ...(cursor && { lastAt: { lt: cursor } }) },
    orderBy: [{ lastAt: 'desc' }],
    take: PAGE + 1,
    select: selected,
  })
  const page = found.slice(0, PAGE)
  const names = await namesOf(
    db,
    page.map((row) => row.acknowledgedBy),
  )
  return {
    rows: page.map((row) => toRow(row, names)),
    older: found.length > PAGE ? (page.at(-1)?.lastAt.toISOString() ?? null) : null,
  }
}

/** How many alerts nobody has acknowledged, by severity. */
export async function countOpenAlerts(db: Db): Promise<Record<Severity, number>> {
  const counts = await db.alert.groupBy({ by: ['severity'], where: { acknowledgedAt: null }, _count: true })
  const of = (severity: Severity) => counts.find((each) => each.severity === severity)?._count ?? 0
  return { notice: of('notice'), warning: of('warning'), critical: of('critical') }
}

/**
 * One alert with what raised it, newest first. Everybody sees that there is one; what the agent asked is of the record, and
 * for whoever reads that. @throws Fault `not_found`
 */
export async function readAlert(db: Db, reader: Asking, alertId: string): Promise<AlertDetail> {
  const found = await db.alert.findUnique({ where: { id: alertId }, select: { ...selected, detail: true } })
  if (!found) throw fault('not_found', { detail: 'There is no such alert.' })
  const { detail, ...row } = found
  const ownerId = found.agent?.ownerId ?? null
  const reads = can(reader, 'audit.read', { ownerId })
  const [names, occurrences] = await Promise.all([
    namesOf(db, [found.acknowledgedBy]),
    reads.ok ? listOccurrences(db, alertId) : [],
  ])
  const more = reads.ok ? Math.max(0, found.count - occurrences.length) : 0
  const says = isRecord(detail) && typeof detail.says === 'string' ? detail.says : null
  return { ...toRow(row, names), says, ownerId, occurrences, more, hidden: reads.ok ? null : reads.reason }
}

/** Who answers today for the agent an alert is about; null when there is no such alert, or it is about none. */
export async function alertOwner(db: Db, alertId: string): Promise<string | null> {
  const found = await db.alert.findUnique({ where: { id: alertId }, select: { agent: { select: { ownerId: true } } } })
  return found?.agent?.ownerId ?? null
}

function listOccurrences(db: Db, alertId: string): Promise<Occurrence[]> {
  return db.$queryRaw<Occurrence[]>`
    SELECT o.index, o.entry_id::text AS "entryId", CASE WHEN e.kind = 'action.decided' THEN e.id ELSE e.action_id END::text AS "actionId", e.run_id::text AS "runId", o.at, e.reason_code AS reason, p.sentence, p.tool
    FROM alert_occurrence o JOIN ledger.entry e ON e.id = o.entry_id LEFT JOIN ledger.projection p ON p.entry_id = coalesce(e.action_id, e.id)
    WHERE o.alert_id = ${alertId}::uuid ORDER BY o.index DESC LIMIT ${SHOWN}`
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

type Found = {
  id: string
  key: string
  kind: string
  severity: string
  count: number
  firstAt: Date
  lastAt: Date
  escalatedAt: Date | null
  acknowledgedAt: Date | null
  acknowledgedBy: string | null
  note: string | null
  agent: { slug: string; owner: { name: string } } | null
}

function toRow(found: Found, names: ReadonlyMap<string, string>): AlertRow {
  const { agent, acknowledgedAt, acknowledgedBy, note, key, kind, severity, ...rest } = found
  return {
    ...rest,
    // both are checked by the database or written by `observe` alone
    kind: kind as AlertKind,
    severity: severity as Severity,
    agent: agent && { slug: agent.slug, owner: agent.owner.name },
    streamId: streamOfKey(key),
    limit: limitOfKey(key),
    toolId: toolOfKey(key),
    acknowledged:
      acknowledgedAt && acknowledgedBy
        ? { by: names.get(acknowledgedBy) ?? 'somebody', at: acknowledgedAt, note: note ?? '' }
        : null,
  }
}

async function namesOf(db: Db, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const wanted = ids.filter((id) => id !== null)
  if (wanted.length === 0) return new Map()
  const people = await db.person.findMany({ where: { id: { in: wanted } }, select: { id: true, name: true } })
  return new Map(people.map(({ id, name }) => [id, name]))
}
