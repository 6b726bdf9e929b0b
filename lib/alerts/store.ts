import { redactText } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import type { Period } from '@/lib/boundary/boundary'
import type { AlertKind, Severity } from './alert'

export type OpenAlert = { id: string; kind: AlertKind; severity: Severity; count: number; agentId: string | null }

type Found = { id: string; key: string; kind: AlertKind; severity: Severity; agentId: string | null }
type Behind = { index: bigint; entryId: string; at: Date }

/**
 * Adds one occurrence to the open alert of that key, or opens it. Relies on the unique index `alert_open`: two replicas that
 * see the same entry cannot open two. `fresh` is false when this very entry was counted before.
 */
export async function addOccurrence(
  db: Db,
  found: Found,
  occurrence: Behind,
): Promise<{ alert: OpenAlert; opened: boolean; fresh: boolean }> {
  const opened = await openOrFind(db, found, occurrence)
  return { ...opened, fresh: (await insertOccurrences(db, opened.alert.id, [occurrence])) === 1 }
}

/** The same with all the entries behind one thing that happened, oldest first; there is at least one. */
export async function addOccurrences(
  db: Db,
  found: Found,
  behind: readonly Behind[],
): Promise<{ alert: OpenAlert; opened: boolean }> {
  const last = behind.at(-1)
  if (last === undefined) throw new Error('an alert has something behind it')
  const opened = await openOrFind(db, found, last)
  await insertOccurrences(db, opened.alert.id, behind)
  return opened
}

async function openOrFind(
  db: Db,
  found: Found,
  last: Omit<Behind, 'entryId'>,
): Promise<{ alert: OpenAlert; opened: boolean }> {
  const [row] = await db.$queryRaw<(OpenAlert & { opened: boolean })[]>`
    INSERT INTO alert (id, key, kind, severity, agent_id, count, first_at, last_at, last_index)
    VALUES (${found.id}::uuid, ${found.key}, ${found.kind}, ${found.severity}, ${found.agentId}::uuid, 0, ${last.at}, ${last.at}, ${last.index})
    ON CONFLICT (key) WHERE acknowledged_at IS NULL DO UPDATE SET last_index = greatest(alert.last_index, EXCLUDED.last_index)
    RETURNING id::text AS id, kind, severity, count, agent_id::text AS "agentId", (id = ${found.id}::uuid) AS opened`
  if (!row) throw new Error('an upsert answers its row')
  const { opened, ...alert } = row
  return { alert, opened }
}

function insertOccurrences(db: Db, alertId: string, behind: readonly Behind[]): Promise<number> {
  const rows = JSON.stringify(
    behind.map(({ index, entryId, at }) => ({ index: index.toString(), entry_id: entryId, at })),
  )
  return db.$executeRaw`
    INSERT INTO alert_occurrence (alert_id, index, entry_id, at)
    SELECT ${alertId}::uuid, x.index, x.entry_id, x.at FROM jsonb_to_recordset(${rows}::jsonb) AS x(index bigint, entry_id uuid, at timestamptz)
    ON CONFLICT DO NOTHING`
}

/** Opens the alert about a term, or finds the open one of its key. No entry is behind it: `index` is where the log stood. */
export function openTerm(
  db: Db,
  found: Found,
  index: bigint,
  at: Date,
): Promise<{ alert: OpenAlert; opened: boolean }> {
  return openOrFind(db, found, { index, at })
}

/** Sets what an alert says in words of ours. */
export async function sayAlert(db: Db, id: string, says: string): Promise<void> {
  await db.alert.update({ where: { id }, data: { detail: { says } }, select: { id: true } })
}

/** Whether an alert of that key, open or acknowledged, counted something in the minute, hour or day a moment lies in. */
export async function countedInWindow(db: Db, key: string, window: Period, at: Date): Promise<boolean> {
  const [row] = await db.$queryRaw<{ counted: boolean }[]>`
    SELECT EXISTS (SELECT FROM alert WHERE key = ${key} AND last_at >= (SELECT CASE ${window}
        WHEN 'day' THEN date_trunc('day', ${at}::timestamptz AT TIME ZONE o.time_zone) AT TIME ZONE o.time_zone
        ELSE date_trunc(${window}, ${at}::timestamptz) END FROM organisation o)) AS counted`
  return row?.counted === true
}

/**
 * Opens an alert about something that lasts, raised by no entry; false while one of that key is open, or was acknowledged within the
 * last four hours: whoever looked knows. Relies on the unique index `alert_open`.
 */
export async function openStanding(
  db: Db,
  found: { id: string; key: string; kind: AlertKind; severity: Severity; says: string; index: bigint },
  at: Date,
): Promise<boolean> {
  const opened = await db.$executeRaw`
    INSERT INTO alert (id, key, kind, severity, count, first_at, last_at, last_index, detail)
    SELECT ${found.id}::uuid, ${found.key}, ${found.kind}, ${found.severity}, 1, ${at}, ${at}, ${found.index}, jsonb_build_object('says', ${found.says}::text)
     WHERE NOT EXISTS (SELECT FROM alert WHERE key = ${found.key} AND acknowledged_at > ${at}::timestamptz - interval '4 hours')
    ON CONFLICT (key) WHERE acknowledged_at IS NULL DO NOTHING`
  return opened === 1
}

/** Opens an alert that is raised once for good under its key; false where there is or was one. No entry is behind it. */
export async function openOnce(db: Db, found: Found & { says: string; index: bigint }, at: Date): Promise<boolean> {
  const opened = await db.$executeRaw`
    INSERT INTO alert (id, key, kind, severity, agent_id, count, first_at, last_at, last_index, detail)
    SELECT ${found.id}::uuid, ${found.key}, ${found.kind}, ${found.severity}, ${found.agentId}::uuid, 1, ${at}, ${at}, ${found.index}, jsonb_build_object('says', ${found.says}::text)
     WHERE NOT EXISTS (SELECT FROM alert WHERE key = ${found.key})
    ON CONFLICT (key) WHERE acknowledged_at IS NULL DO NOTHING`
  return opened === 1
}

/** Sets what an occurrence or a reminder made of an open alert. */
export async function updateAlert(
  db: Db,
  id: string,
  data: { count?: number; lastAt?: Date; severity?: Severity; escalatedAt?: Date; remindedAt?: Date },
): Promise<void> {
  await db.alert.update({ where: { id }, data, select: { id: true } })
}

/**
 * Open alerts nobody acknowledged, oldest first, each locked so that one replica alone reminds of it. What ends in days comes again
 * by its own steps (`watchTerms`), and a halt to look at again comes daily (`watchHalts`).
 */
export async function lockUnacknowledged(
  db: Db,
): Promise<(OpenAlert & { firstAt: Date; lastAt: Date; remindedAt: Date | null })[]> {
  return db.$queryRaw`
    SELECT id::text AS id, kind, severity, count, agent_id::text AS "agentId", first_at AS "firstAt", last_at AS "lastAt", reminded_at AS "remindedAt"
    FROM alert WHERE acknowledged_at IS NULL AND kind NOT IN ('term_near', 'rubber_stamping', 'halt_look_again') ORDER BY first_at LIMIT 500 FOR UPDATE SKIP LOCKED`
}

/** Acknowledges an open alert; false when somebody else did. */
export async function setAcknowledged(db: Db, id: string, by: string, note: string, at: Date): Promise<boolean> {
  const { count } = await db.alert.updateMany({
    where: { id, acknowledgedAt: null },
    data: { acknowledgedAt: at, acknowledgedBy: by, note: redactText(note).text },
  })
  return count === 1
}

/** Tells open screens, once the transaction commits, that alerts changed. */
export async function notifyAlerts(db: Db): Promise<void> {
  await db.$queryRaw`SELECT pg_notify('alerts', '')::text`
}
